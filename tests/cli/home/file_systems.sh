# Which file systems get a home, by what statfs says of them; and what people may say of theirs.
fake=$BUILD/tests/models/fake_statfs.so
[ -e "$fake" ] || { echo "$fake was not built"; exit 77; }
export RETRIAL_HOT=$HOME/hot FAKE_FOLDER=$PWD/net
mkdir net net/deep
cat > net/deep/m.py <<'PYTHON'
def train(x):
    return {"loss": x / 4}
PYTHON
printf 'name: m\nentry: m.py:train\nsweep: {x: [1, 2]}\n' > net/deep/m.yaml
preloaded() { LD_PRELOAD=$fake "$@"; }
kind() { if [ -e net/deep/.retrial/home ]; then echo home; elif [ -e net/deep/.retrial/format ]; then echo store; else echo nothing; fi; }
anew() { rm -rf net/deep/.retrial "$HOME/hot"; }

while read -r magic name; do
    FAKE_TYPE=$magic preloaded retrial run net/deep/m.yaml -j 1 --quiet 2>&1 | grep -o 'network file system ([^)]*)' || true
    echo "$name $magic: $(kind)"
    anew
done <<'TYPES'
0x6969 NFS
0x0BD00BD0 Lustre
0x47504653 GPFS
0x19830326 BeeGFS
0xFF534D42 CIFS
0x65735546 FUSE
0xEF53 ext4
0x01021994 tmpfs
TYPES

export FAKE_TYPE=0x6969
echo "== told otherwise"
RETRIAL_LOCAL=/nowhere:$PWD/net preloaded retrial run net/deep/m.yaml -j 1 --quiet && kind
anew
RETRIAL_NETWORK=$PWD/net retrial run net/deep/m.yaml -j 1 --quiet 2>&1 | grep -o '(.*)'
kind
anew

echo "== --home and --store there"
preloaded retrial run net/deep/m.yaml -j 1 --quiet --home other 2> /dev/null
kind
ls other | grep -c home
preloaded retrial --store net/deep/s run net/deep/m.yaml -j 1 --quiet 2> /dev/null
ls net/deep/s | grep -c home
preloaded retrial --store net/deep/none ls || echo "exit $?"
preloaded retrial --store net/deep/none resume m || echo "exit $?"

echo "== hot stores there"
RETRIAL_HOT=$PWD/net/hot preloaded retrial --store net/deep/s resume m 2>&1 || echo "exit $?"
rm -r "$HOME/hot"
RETRIAL_HOT=$PWD/net/hot preloaded retrial --store net/deep/s ls 2>&1 || echo "exit $?"

echo "== a store of old is read there, and not written"
anew
retrial run net/deep/m.yaml -j 1 --quiet
preloaded retrial --store net/deep/.retrial query 'SELECT count(*) AS n FROM m' --csv
preloaded retrial run net/deep/m.yaml -j 1 || echo "exit $?"
