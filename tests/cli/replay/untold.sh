# Disks that fail under a verify: what it came to is told by the next command, and what has not run yet
# has no verdict.
cat > model.py <<'EOF'
def train(x):
    return {"loss": x * 0.5}
EOF
retrial run model.py:train -S x=1:4:1 --name base -q -j 1
cp -r .retrial clean
mkdir "$HOME/tmp"
faulty() { # folder, the change that fails, how; then the command
    local folder=$1 fault=$2,$3
    shift 3
    head -c 16 /dev/zero > "$HOME/state"
    DISK_UNDER=$folder DISK_STATE=$HOME/state DISK_FAULT=$fault TMPDIR=$HOME/tmp \
        LD_PRELOAD=$BUILD/tests/disk.so "$@" > "$HOME/out" 2> "$HOME/err"
}
verdicts() { retrial query --csv "SELECT replay, verdict, count(*) FROM replays GROUP BY 1, 2"; }

echo "--- the last sync of the journal"
last_sync() { # how many there are differs by some
    local at=16 code=0
    until [ $code = 5 ] && verdicts | grep -q ",IDENTICAL,4"; do
        at=$((code == 0 ? at - 1 : at + 8)) code=0
        rm -rf .retrial && cp -r clean .retrial
        faulty "$PWD/.retrial/journal" $at sync retrial verify base -q -j 1 || code=$?
    done
    return $code
}
code=0
last_sync || code=$?
echo "exit code $code"
grep -o 'journal/data.mdb": Input/output error' "$HOME/err"
verdicts
echo "--- told"
retrial verify base -q -j 1 2>&1 | head -n 2
verdicts
echo "--- once more"
retrial verify base -q -j 1 | head -n 1
verdicts

echo "--- a spool that cannot be made"
rm -rf .retrial && cp -r clean .retrial
faulty "$HOME/tmp" 3 eio-on retrial verify base -q -j 1 || echo "exit code $?"
verdicts
retrial query --csv "SELECT reason, code FROM launch ORDER BY launch DESC LIMIT 1"
retrial verify base -q -j 1 2>&1 | head -n 2
