# A script for Optuna is the entry as it is: suggestions come from the driver, or from the study file.
python3 -c 'import optuna' 2>/dev/null || { echo "python3-optuna is not installed"; exit 77; }
cat >theirs.py <<'END'
import optuna

def objective(trial):
    x = trial.suggest_float("x", -10, 10)
    kind = trial.suggest_categorical("kind", ["flat", "deep"])
    trial.set_user_attr("even", trial.number % 2 == 0)
    if kind == "flat":
        return (x - 2) ** 2 + trial.suggest_float("offset", 0.1, 1, log=True)
    layers = trial.suggest_int("layers", 1, 2)
    for step in range(3):
        trial.report((x - 2) ** 2, step)
        if trial.should_prune():
            raise optuna.TrialPruned()
    return (x + 3) ** 2 - 9 + sum(trial.suggest_int(f"units_{i}", 4, 64) for i in range(layers)) / 100

study = optuna.create_study()
study.optimize(objective, n_trials=100)
print(study.best_params)
END
cat >a.yaml <<'END'
name: a
entry: theirs.py:objective
driver: {use: optuna.TPESampler, trials: 40, in_flight: 2, n_startup_trials: 5}
objective: {minimize: y}
pruning: {rule: threshold, upper: 100}
END
retrial run -q -j 2 a.yaml
sqlite3 .retrial/index.sqlite "
    SELECT count(*), sum(outcome = 'ok') > 20 FROM a;
    SELECT 'incomplete', count(*) FROM a WHERE outcome = 'ok' AND
        (y IS NULL OR even IS NULL OR x IS NULL OR (kind = 'flat') != (offset IS NOT NULL)
         OR (kind = 'deep') != (layers IS NOT NULL) OR (layers = 2) != (units_1 IS NOT NULL));
    SELECT 'traces', count(*) BETWEEN 2 AND 12 FROM a WHERE reason LIKE 'the objective asked for %'"
# Without a driver.
grep -v pruning a.yaml | sed 's/name: a/name: b/; s/^driver.*/params: {kind: flat, offset: 0.5}\nsweep: {x: [0, 1, 2]}/' >b.yaml
retrial run -q b.yaml
sqlite3 .retrial/index.sqlite 'SELECT x, y FROM b'
sed 's/name: b/name: c/; s/offset/ofset/' b.yaml >c.yaml
retrial run -q c.yaml 2>/dev/null || echo "exit $?"
sqlite3 .retrial/index.sqlite 'SELECT DISTINCT outcome, reason FROM c'
# Of several goals one is what a study has.
cat >goals.py <<'END'
def objective(trial):
    return trial.suggest_float("x", 0, 2), 0.0
END
printf 'entry: goals.py:objective\nparams: {x: 1.0}\nobjective: {minimize: y}\n' >goals.yaml
retrial run -q goals.yaml 2>/dev/null || echo "exit $?"
retrial query --csv 'SELECT outcome, reason FROM goals' | grep ValueError
