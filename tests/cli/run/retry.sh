# Trials that are done without success are tried again when somebody asks, also when the study is
# complete; the retries of the plan count anew.
cat > model.py <<'PYTHON'
import os


def train(i):
    if not os.path.exists(os.environ["FIXED"]):
        if i == 2:
            raise ValueError("no good")
        if i == 3:
            os.kill(os.getpid(), 11)
    return i
PYTHON
export FIXED=$HOME/fixed
printf 'name: s\nentry: model.py:train\nsweep: {i: "1:4:1"}\nlimits: {retries: 1}\n' > s.yaml
attempts() {
    retrial query 'SELECT ordinal, attempt, outcome, launch FROM "s.attempts" ORDER BY 1, 2' --csv
}
said() { sed -E 's/ in DURATION.*//; s/ in [0-9.]+ m?s.*//; s/resume [a-z0-9]{6} /resume ID /' "$HOME/log" | grep -E '^s \(|tries them|did not|--retry'; }

retrial run s.yaml -j 1 2> "$HOME/log" || echo "exit $?"
said
retrial resume s -j 1 --retry failed 2> "$HOME/log" || echo "exit $?"
attempts
retrial resume s -j 1 --retry timeout,lost 2> "$HOME/log" || echo "exit $?"
said
touch "$FIXED"
retrial run s.yaml -j 1 --retry all 2> "$HOME/log"
said
attempts | tail -n 3
retrial resume s --retry all 2> "$HOME/log"
said
retrial check | grep -c whole
retrial resume s --retry ok 2> "$HOME/log" || echo "exit $?"
said
