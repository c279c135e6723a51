# A small study with every kind of end, for tests of commands that ask; sourced by them.
#
# Two levels of x in four modes: one is ok, one fails, one crashes, one floods its output. Names and
# texts in it try to do harm. Quiet; what it makes is in .retrial of the current folder.
make_study() {
    cat > model.py <<'PYTHON'
import os
import sys


def train(x, mode):
    print("x is", x)
    print("a warning\x1b[31m", file=sys.stderr)
    if mode == "fail":
        raise ValueError("no good \x1b[2J x=%s" % x)
    if mode == "crash":
        os.kill(os.getpid(), 11)
    if mode == "flood":
        print("y" * 200000)
    return {"loss": x / 4, "a\"; DROP TABLE study; --": 3}
PYTHON
    cat > kinds.yaml <<'YAML'
name: kinds
entry: model.py:train
sweep: {x: [1, 2], mode: [ok, fail, crash, flood]}
objective: {minimize: loss}
limits: {retries: 1}
YAML
    retrial run kinds.yaml -j 1 2> "$HOME/log" || [ $? = 1 ] || { cat "$HOME/log"; return 1; }
}

# A study that has nothing to hide: ok is quick, and there are two replicates.
make_noise() {
    cat > noise.py <<'PYTHON'
def train(noise):
    return {"acc": 1 - noise, "realised_noise": noise + 0.01}
PYTHON
    cat > noise.yaml <<'YAML'
name: noise
entry: noise.py:train
sweep: {noise: {from: 0, to: 0.2, step: 0.1}}
replicates: 2
objective: {maximize: acc}
YAML
    retrial run noise.yaml -j 1 2> "$HOME/log" || { cat "$HOME/log"; return 1; }
}

# A listing without its last column, which tells seconds.
without_seconds() {
    sed -E 's/ *([-0-9.e]+|seconds)$//'
}

# The id of a study, for it is random.
id_of() {
    retrial ls --csv | sed -n "s/^\([a-z0-9]*\),$1,.*/\1/p"
}

# Starts a study whose trials from the fourth on wait for $GO; returns when three are done. Its
# process is $run.
start_slow() {
    export GO=$PWD/go
    cat > slow.py <<'PYTHON'
import os
import time


def train(i):
    while i > 3 and not os.path.exists(os.environ["GO"]):
        time.sleep(0.02)
    return i
PYTHON
    printf 'name: slow\nentry: slow.py:train\nsweep: {i: "1:6:1"}\n' > slow.yaml
    retrial run slow.yaml -j 1 2> "$HOME/log" &
    run=$!
    until retrial status 2> /dev/null | grep -q '3 of 6'; do
        kill -0 $run || { cat "$HOME/log"; return 1; }
        sleep 0.05
    done
    until sqlite3 .retrial/index.sqlite "SELECT count(*) FROM slow WHERE outcome = 'ok'" 2> "$HOME/err" | grep -q 3; do
        kill -0 $run || { cat "$HOME/log"; return 1; }
        sleep 0.02
    done
}
