# A model that reports in a tight loop is slowed down, and its reports are thinned out; that is said.
cat >model.py <<'PYTHON'
import retrial
def train(n):
    for step in range(n):
        retrial.report(step, loss=step)
    return n
PYTHON
retrial run -q model.py:train -S n=1000,30000
retrial query --csv 'SELECT trial, count(*) AS kept, max(number) AS last, max(step) < 30000 AS sane
    FROM "model.steps" GROUP BY trial'
retrial show model.1 | grep -c thinned || true
retrial show model.2 | grep thinned
