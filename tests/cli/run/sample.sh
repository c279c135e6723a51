# Parameters that are drawn: trial i is the same on every machine, and more of them add to the first.
echo 'def train(lr, units, act, p, k): return {"x": lr * units}' >train.py
cat >draw.yaml <<'YAML'
entry: train.py:train
sample:
  lr: loguniform(1e-5, 1e-1)
  units: int(16, 512)
  act: choice(relu, tanh)
  p: {uniform: [0, 0.5]}
samples: 4
sweep: {k: [1, 2]}
YAML
retrial run draw.yaml >/dev/null
sqlite3 .retrial/index.sqlite 'SELECT lr, units, act, p, k FROM draw ORDER BY ordinal' \
    'SELECT count(*) FROM draw WHERE x = lr * units'
sed -i 's/samples: 4/samples: 6/' draw.yaml
retrial run draw.yaml 2>&1 | grep -o "12 of 12 trials done"
sed 's/samples: 6/samples: 10000000/' draw.yaml >many.yaml
retrial run -n many.yaml | tail -3
retrial run -n draw.yaml -S act=relu --save saved.yaml >/dev/null && cat saved.yaml
for wrong in 'lr: uniform(1, 0)' 'lr: normal(0, 1)' 'lr: uniform(0' 'lr: int(1, 2.5)' \
    'lr: loguniform(0, 1)' 'lr: choice(a, a)'; do
    printf 'entry: train.py:train\nsamples: 3\nsample:\n  %s\n' "$wrong" >wrong.yaml
    retrial run wrong.yaml 2>&1 || true
done
printf 'entry: train.py:train\nsamples: 3\n' >wrong.yaml
retrial run wrong.yaml 2>&1 || true
printf 'entry: train.py:train\nsample: {lr: uniform(0, 1), x: int(0, 1)}\nsamples: 3\n' >wrong.yaml
retrial run wrong.yaml 2>&1 || true
