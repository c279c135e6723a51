# Is this home whole? All that was published is read; what is damaged is told, and is no store's fault.
export RETRIAL_HOT=$HOME/hot
cat > m.py <<'PYTHON'
def train(x):
    print("y" * 5000 + str(x))
    return {"loss": x / 4}
PYTHON
printf 'name: m\nentry: m.py:train\nsweep: {x: "1:8:1"}\n' > m.yaml
tell() { "$@" 2>&1 | sed -E 's/[0-9]+ events/N events/; s/event [0-9]+/event N/g; s/byte [0-9]+/byte N/; s/object HASH|[0-9a-f]{64}/HASH/; s/objects\/[0-9a-f\/]+/OBJECT/' || echo "exit $?"; }
retrial run m.yaml -j 1 --quiet --home home
tell retrial --store home check
mv .retrial kept
tell retrial --store home check
tell retrial --store home check --json
tell retrial --store home ls --csv | cut -d, -f 2-4
tell retrial --store home export out
tell retrial --store out check
try() {
    echo "== $1"
    tell retrial --store home check
    rm -rf home && cp -r good home
}
cp -r home good
printf 'x' | dd of=home/journal/00000001 bs=1 seek=700 conv=notrunc 2> /dev/null
try "a byte of the journal"
rm "$(find home/objects -type f | sort | head -n 1)"
try "a missing object"
rm -r home/code.git/objects/pack
try "no code" | sed -E 's/state [0-9a-f]{12}/state CODE/; s/[0-9a-f]{40}/ID/'
echo nonsense > home/writers/00000001
try "a writer's file that says nothing"
sed -i 's/home 1/home 2/' home/home
try "a newer format"
tell retrial --store home check
ls "$HOME"/hot/*
