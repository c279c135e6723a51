# The sqlite3 program reads the index during a whole study, and cannot disturb it.
. "$SOURCE/tests/cli/made.bash"
start_slow
# It begins to read while three trials are done, and goes on until it is told to stop.
mkfifo questions
sqlite3 -readonly .retrial/index.sqlite < questions > answers &
reader=$!
exec 3> questions
echo 'BEGIN; SELECT count(*) > 0 FROM slow;' >&3
until [ -s answers ]; do kill -0 $reader; sleep 0.02; done
touch "$GO"
wait $run && echo "the study ends beside a reader"
echo "SELECT count(*) FROM slow WHERE outcome = 'ok' AND ordinal > 3;" >&3
exec 3>&-
wait $reader
echo "what the reader sees stays as it was when it began:" $(tail -n 1 answers)
retrial query "SELECT count(*) FROM slow WHERE outcome = 'ok'" --csv | tail -n 1
sqlite3 -readonly .retrial/index.sqlite 'PRAGMA integrity_check'

echo "-- a program that holds the index for writing all the time costs the study nothing"
printf 'def train(x):\n    return x\n' >quick.py
mkfifo hold
sqlite3 -cmd '.timeout 10000' .retrial/index.sqlite <hold >/dev/null 2>&1 &
exec 7>hold
echo 'BEGIN IMMEDIATE; DELETE FROM axis_check;' >&7
until ! sqlite3 -cmd '.timeout 1' .retrial/index.sqlite 'BEGIN IMMEDIATE' 2>/dev/null; do sleep 0.05; done
retrial run -q -j 1 quick.py:train -S x=1,2,3 && echo "done"
exec 7>&-
wait
retrial query --csv 'SELECT x, value FROM quick'

echo "-- an index that an older version wrote is made anew, and that is said"
sqlite3 .retrial/index.sqlite 'PRAGMA user_version = 10'
retrial query --csv 'SELECT x, value FROM quick' 2>&1
retrial query --csv 'SELECT x, value FROM quick' 2>&1
