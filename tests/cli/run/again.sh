# Running again is resuming: only what is new runs. Another plan retires and never deletes; changed code
# asks while a study is unfinished, and runs all again when it is complete.
cat >walk.py <<'END'
import os
import signal


def parent(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return int(file.read().rsplit(")", 1)[1].split()[1])


def run(x, scale):
    with open(os.environ["RAN"], "a", encoding="ascii") as file:
        file.write(f"{x}\n")
    if x == 4 and "MENDED" not in os.environ:
        os.kill(parent(parent(os.getppid())), signal.SIGKILL)  # the program itself
        signal.pause()
    return {"y": x * scale}
END
cat >walk.yaml <<'END'
name: walk
entry: walk.py:run
params: {scale: 10}
sweep: {x: [1, 2]}
END
export RAN=$HOME/ran
again() { # what is different; the arguments go to retrial run
    echo "-- $1:"
    shift
    : >"$RAN"
    retrial run walk.yaml -q -j 1 "$@" 2>&1 || echo "exit $?"
    echo "ran: $(tr '\n' ' ' <"$RAN")"
}
again "the first time"
again "nothing"
sed -i 's/x: \[1, 2\]/x: [1, 2, 3]/' walk.yaml
again "one more level"
again "one more replicate" --replicates 2
again "one replicate less" --replicates 1
sed -i 's/x: \[1, 2, 3\]/x: [2, 3]/' walk.yaml
again "one level less"
retrial query --csv 'SELECT x, replicate, y FROM walk ORDER BY x, replicate'
retrial query --csv 'SELECT ordinal, outcome, retired FROM "walk.attempts" ORDER BY ordinal'
sed -i 's/scale: 10/scale: 100/' walk.yaml
again "another fixed parameter"
sed -i 's/x: \[2, 3\]/x: [2, 3, 4]/' walk.yaml
again "a level that ends the launch" 2>"$HOME/err"
export MENDED=yes
sed -i 's/"y": x/"y": 1 + x/' walk.py
again "the code, while a trial is not done"
again "the same, with the recorded code" --code recorded
retrial query --csv 'SELECT x, y FROM walk ORDER BY x'
again "the code, of a complete study"
retrial query --csv 'SELECT x, y FROM walk ORDER BY x'
retrial query --csv 'SELECT count(*), sum(retired) FROM "walk.attempts"'
retrial query --csv 'SELECT revision, trials FROM plan ORDER BY revision'
