# A range by factors is exact, on the command line and in files, and huge ones cost nothing.
echo 'def train(lr, width): return {"area": lr * width}' >train.py
cat >decay.yaml <<'YAML'
entry: train.py:train
sweep:
  lr: {from: 1e-5, to: 1e-1, count: 5, scale: log}
  width: "16:64:log3"
YAML
retrial run decay.yaml >/dev/null
sqlite3 .retrial/index.sqlite \
    'SELECT lr, typeof(lr), width, typeof(width), area FROM decay ORDER BY ordinal'
retrial run --dry-run train.py:train -S width=1 -S lr=1e-5:1:log10000000 | tail -3
retrial run train.py:train -S lr=0:1:log3 || true
