# A replay that is killed goes on, and comes to the same verdicts.
cat > model.py <<'EOF'
import random
import time


def train(a, slow=0):
    time.sleep(slow)
    return {"loss": a * random.random()}
EOF
retrial run model.py:train -S a=1:10:1 --replicates 4 --name base -q -j 2
verdicts() { retrial verdict "$1" --pairs --csv 2> /dev/null | cut -d, -f2-; }
retrial replay base -S 'a=1,5' -S slow=0.01 --name whole -q -j 2 > /dev/null 2> "$HOME/log"
verdicts whole > expected || test $? = 3
kills=0
retrial replay base -S 'a=1,5' -S slow=0.01 --name broken -q -j 2 > /dev/null 2> "$HOME/log" &
await() { # a study that has something done
    until retrial query "SELECT 1 FROM \"$1\" WHERE outcome IS NOT NULL LIMIT 1" --csv 2> /dev/null | grep -q '^1'; do
        sleep 0.05
    done
}
await broken
for wait in 0.05 0.25 0.3; do
    sleep $wait
    kill -9 $! 2> /dev/null && kills=$((kills + 1))
    wait $! 2> /dev/null || true
    retrial resume broken -q -j 2 > /dev/null 2> "$HOME/log" &
done
wait $! || test $? = 3
[ $kills -gt 0 ] && echo "killed"
verdicts broken > got || test $? = 3
cmp expected got && echo "the same verdicts"
wc -l < got
retrial query "SELECT verdict, count(*) FROM replays WHERE replay = 'broken' GROUP BY verdict" --csv
retrial query "SELECT count(*) FROM verdict AS v JOIN study AS s USING (study) WHERE s.name = 'broken'" --csv
retrial check > /dev/null && echo "whole"
echo "--- interrupted in good order"
retrial replay base -S slow=0.2 --name stopped -q -j 1 > /dev/null 2> "$HOME/log" &
pid=$!
await stopped
kill -INT $pid
wait $pid || echo "exit code $?"
grep -o 'to go on, run the same command again: .*replay base' "$HOME/log" | sed 's/: .*retrial/: retrial/'
