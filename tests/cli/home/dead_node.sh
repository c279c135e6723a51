# The node of a conductor dies between publications. From another host, which shares no locks with
# it, the study goes on with what had been published, and what is lost is said.
. "$SOURCE/tests/cli/home.bash"
need_mounts
make_slow data
attempts() { there retrial query 'SELECT ordinal, attempt, outcome FROM "slow.attempts" WHERE ordinal <= 3 ORDER BY 1, 2' --csv; }
tell() { "$@" 2>&1 | plain || echo "exit $?"; }

echo "== the first run makes a home, which any host can ask"
start here a retrial run slow.yaml -j 1 --quiet --publish 100ms
until_says '3 of 6' there retrial status
plain < "$HOME/said"
tell there retrial status
there retrial status --json | python3 -c '
import json, sys
status = json.load(sys.stdin)
print(status["home"]["host"], status["home"]["hot"], status["home"]["ended"], status["writer"])'
echo "-- by a clock that is two years ahead, and two behind"
for jump in 63072000 -63072000; do
    echo $jump > "$HOME/clock"
    tell there env LD_PRELOAD="$BUILD/tests/clock.so" CLOCK_FILE="$HOME/clock" retrial status | head -n 2
done
id=$(there retrial ls --csv | sed -n '2s/,.*//p')
there retrial log "$id.2" | wc -c

echo "== while its writer lives nobody else gets it"
tell there retrial resume slow
tell there retrial stop

echo "== the node dies: its processes and its disk"
kill_it
mv "$HOME/disk-here" "$HOME/gone"
tell when_dead retrial status | sed -E 's/resume [a-z0-9]+/resume ID/'
tell when_dead retrial | head -n 3 | tail -n 1
touch "$GO"
tell when_dead retrial resume slow
attempts
tell there retrial status
tell there retrial check | sed -E 's/[0-9]+ attempts/N attempts/'

echo "== it dies again, and this time nothing but the plan was published"
rm -r data/.retrial "$GO"
start here a retrial run slow.yaml -j 1 --quiet --publish 1h
until_says '3 of 6' here retrial status
kill_it
mv "$HOME/disk-here" "$HOME/gone-2"
touch "$GO"
tell when_dead retrial resume slow
attempts

echo "== the first host is back, with what the second did not know"
mv "$HOME/gone-2" "$HOME/disk-here"
tell here retrial status
tell here retrial resume slow
tell here retrial ls --csv | cut -d, -f 2-4
tell here retrial --store "$HOME"/disk-here/*/hot.aside-* ls --csv | cut -d, -f 2-4
