# A second writer is refused at once and told who writes and since when; readers are not. When the writer
# has died its lock is taken over.
source "$SOURCE/tests/cli/made.bash"
start_slow
told() { sed -e "s/process $run\b/process PID/" -e "s|$PWD|HERE|"; }
retrial run slow.yaml -q 2>&1 | told || echo "exit $?"
retrial resume slow -q 2>&1 | told || echo "exit $?"
retrial query --csv "SELECT count(*) FROM slow WHERE outcome = 'ok'"
sqlite3 .retrial/index.sqlite "SELECT count(*) FROM slow WHERE outcome = 'ok'"
kill -KILL $run
wait $run 2> "$HOME/err" || echo "exit $?"
touch go
retrial resume slow -q
retrial query --csv "SELECT count(*) FROM slow WHERE outcome = 'ok'"
