# A study that Optuna drives, killed and resumed: the same trials in the same order, none of them twice.
python3 -c 'import optuna' 2>/dev/null || { echo "python3-optuna is not installed"; exit 77; }
cat >model.py <<'END'
import os, time
def y(x, kind, deep=0):
    with open(os.environ["RUNS"], "a") as file:
        print(x, file=file)
    time.sleep(0.02)
    return (x - 2) ** 2 + deep + {"a": 1, "b": 0}[kind]
END
cat >a.yaml <<'END'
name: a
entry: model.py:y
space:
  x: uniform(-5, 5)
  kind: [a, b]
  deep: {int: [1, 3], when: kind == b}
driver: {use: optuna.TPESampler, trials: 24, in_flight: 1, n_startup_trials: 5}
objective: {minimize: y}
END
proposals() { retrial --store "$1" query --csv 'SELECT ordinal, params FROM proposal ORDER BY 1'; }
RUNS=$HOME/whole retrial --store whole run -q a.yaml
export RUNS=$HOME/parts
for after in 4 14; do
    retrial --store parts run -q a.yaml 2>/dev/null &
    until [ "$(grep -c . "$RUNS" 2>/dev/null)" -ge $after ] 2>/dev/null; do sleep 0.02; done
    kill -9 $!
    wait $! || echo "killed"
done
retrial --store parts run -q a.yaml
cmp <(proposals whole) <(proposals parts) && proposals parts | wc -l
retrial --store parts query --csv "SELECT count(*), sum(outcome = 'ok') FROM a"
[ "$(sort "$RUNS" | uniq | wc -l)" = 24 ] && [ "$(wc -l <"$RUNS")" -le 26 ] && echo "nothing that had ended ran again"
