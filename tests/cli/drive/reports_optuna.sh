# A pruner of Optuna's stops trials that run, and an objective of Optuna's learns it by should_prune().
python3 -c 'import optuna' 2>/dev/null || { echo "no Optuna"; exit 77; }
cat >theirs.py <<'PYTHON'
import time

import optuna


def objective(trial):
    x = trial.suggest_float("x", 0, 10)
    for step in range(4000 if x > 5 else 2):
        trial.report(x, step)
        if trial.should_prune():
            raise optuna.TrialPruned()
        time.sleep(0.005)
    return x
PYTHON
cat >s.yaml <<'YAML'
entry: theirs.py:objective
driver: {use: optuna.RandomSampler, trials: 6, in_flight: 2, pruner: {use: optuna.ThresholdPruner, upper: 5}}
objective: {minimize: value}
YAML
retrial run -q -j 2 s.yaml 2>&1 | grep -v finished || true
retrial query --csv "SELECT x > 5 AS bad, outcome, count(*) > 0 AS some FROM s WHERE x IS NOT NULL GROUP BY 1, 2"
retrial query --csv "SELECT DISTINCT \"by\", stop LIKE 'driver: Optuna''s ThresholdPruner (it saw {\"value\":%} at step %)' AS saw FROM decision"
