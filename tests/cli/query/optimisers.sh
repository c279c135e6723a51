# What optimisers are judged by: convergence, and which parameters mattered.
cat >model.py <<'END'
import time
def f(params):
    time.sleep(0.001)
    if params["n"] == 11:
        raise ValueError("no")
    extra = {"same": 3} if params["n"] % 2 else {}
    return {"loss": (params["x"] - 3) ** 2 + {"a": 0, "b": 4}[params["kind"]], **extra}
END
printf '%s\n' 'entry: model.py:f' 'objective: {minimize: loss}' 'params: {fixed: 1}' \
    'sweep: {n: {from: 1, to: 12, step: 1}, kind: [a, b], x: [0, 1, 2, 3, 5]}' >a.yaml
retrial run -q -j 1 a.yaml 2>/dev/null || echo "exit $?"
retrial query convergence -s a --csv | cut -d , -f 1,4,5
retrial query convergence -s a --csv --metric same --limit 1 | cut -d , -f 1,4,5
retrial query importance -s a --csv | grep -v '^n' # whose share is a rounding error
retrial query importance -s a --json | grep -c parameter
retrial query importance -s a --limit 1
printf '%s\n' 'entry: model.py:f' 'objective: {minimize: loss}' 'params: {n: 1, kind: a, x: 1}' >b.yaml
retrial run -q b.yaml
retrial query importance -s b || echo "exit $?"
retrial query convergence -s b --csv | cut -d , -f 1,4,5
# numbers are numbers, also behind a text
printf '%s\n' 'entry: model.py:f' 'objective: {minimize: loss}' 'params: {x: 1}' \
    'sweep: {kind: [a, b], n: {from: 1, to: 10, step: 1}}' >c.yaml
retrial run -q c.yaml
retrial query importance -s c --csv | cut -d , -f 1,4,5
