# Why there was another attempt: retries, a retry that was asked for, a launch that died.
why() {
    retrial why "$1" | grep -E '^- (attempt|launch|it|no agent)' | sed "s/ on $(hostname)/ on HOST/"
}
cat > model.py <<'PYTHON'
import os


def train(x, trial):
    if x == 1 and trial.attempt < 3:
        raise ValueError("not yet")
    if x == 2 and trial.attempt == 1:
        os.kill(os.getpid(), 11)
    if x == 3 and not os.path.exists(os.environ["MARK"]):
        open(os.environ["MARK"], "w").close()
        os.kill(int(os.environ["LAUNCH"]), 9)
        os.wait()
    return x
PYTHON
printf 'name: s\nentry: model.py:train\nsweep: {x: [0, 1, 2]}\nlimits: {retries: 1}\n' > s.yaml
retrial run s.yaml -q -j 1 2> "$HOME/log" || echo "exit $?"
why s.2
why s.3
retrial run s.yaml -q -j 1 --retry failed
why s.2
why s.1
echo "killed:"
printf 'name: k\nentry: model.py:train\nsweep: {x: [3]}\n' > k.yaml
export MARK=$HOME/mark
sh -c 'LAUNCH=$$ exec retrial run k.yaml -q -j 1' 2> "$HOME/log" || echo "killed"
why k.1
retrial run k.yaml -q -j 1 2> "$HOME/log"
why k.1
