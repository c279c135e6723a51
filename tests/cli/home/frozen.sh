# A conductor whose node stood still for a while was taken for dead. It does no harm, stops as it finds
# out, and what it had not published is kept apart.
. "$SOURCE/tests/cli/home.bash"
need_mounts
make_slow data
tell() { "$@" 2>&1 | plain || echo "exit $?"; }
done_by() { "$@" retrial ls --csv | cut -d, -f 2-4 | tail -n 1; }
start here a retrial run slow.yaml -j 1 --quiet --publish 100ms
until_says '3 of 6' there retrial status
kill -STOP $run
touch "$GO"
tell when_dead retrial resume slow -j 1
done_by there
kill -CONT $run
wait $run || echo "exit $?"
plain < "$HOME/said" | sed -E 's/at TIME|at 20[^:]*:[0-9:.]*Z?/at TIME/'
done_by there
tell there retrial check | sed -E 's/[0-9]+ attempts/N attempts/'
echo "== back on the first host"
tell here retrial resume slow
done_by here
find "$HOME/disk-here" -maxdepth 2 -name 'hot*' -printf '%f\n' | sort
