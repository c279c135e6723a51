# The home is full: the study goes on, warns, and ends with a code that says so. Nothing is lost, and
# with room again the rest is published.
[ "$(id -u)" = 0 ] || { echo "only root may mount"; exit 77; }
mkdir small
mount -t tmpfs -o size=512k,nr_inodes=200 tmpfs small 2> /dev/null || { echo "no tmpfs can be mounted"; exit 77; }
trap 'jobs -p | xargs -r kill -9 2> /dev/null || true; umount -l small' EXIT
. "$SOURCE/tests/cli/home.bash"
make_slow .
count() { retrial --store "$1" query 'SELECT count(outcome) AS n FROM slow' --csv 2> /dev/null | tail -n 1; }
published() { retrial --store small/home status --json | python3 -c '
import json, sys
print(json.load(sys.stdin)["home"]["attempts"])'; }
brief() { sed -E 's/process [0-9]+/process PID/; s/event [0-9]+/event N/; s/"[^"]*(writers|journal|objects)[^"]*"/"FILE"/; s/[0-9]+ KiB/N KiB/; s/(writing|creating|syncing|preparing) "FILE"/writing "FILE"/; s/has [0-9]+ events/has N events/; s/, [0-9.]+\/(s|min)//; s/ \([0-9.]+\/s\)//'; }

retrial run slow.yaml -j 1 --quiet --home small/home --publish 100ms 2> said &
run=$!
until_says '3 of 6' retrial status
until [ "$(published)" = 3 ]; do sleep 0.05; done
dd if=/dev/zero of=small/filler bs=4k 2> /dev/null || true
until_says 'publishing fails' cat said
retrial status | grep publishing | brief
touch "$GO"
wait $run || echo "exit $?"
brief < said
count .retrial
published

echo "== still full"
retrial resume slow 2>&1 | brief || echo "exit $?"

echo "== room again"
rm small/filler
retrial resume slow 2>&1 | brief || echo "exit $?"
published
mv .retrial gone
count small/home

echo "== full for a while only"
rm -r gone small/home "$GO"
retrial run slow.yaml -j 1 --quiet --home small/home --publish 100ms 2> said &
run=$!
until_says '3 of 6' retrial status
until [ "$(published)" = 3 ]; do sleep 0.05; done
dd if=/dev/zero of=small/filler bs=4k 2> /dev/null || true
until_says 'publishing fails' cat said
rm small/filler
until_says 'works again' cat said
touch "$GO"
wait $run || echo "exit $?"
brief < said
published
