# Keys that change together, params that are listed, and a file of them.
cat >train.py <<'PYTHON'
def train(params):
    return {"keys": len(params), "sum": sum(v for v in params.values() if isinstance(v, (int, float)))}
PYTHON
cat >zipped.yaml <<'YAML'
entry: train.py:train
sweep:
  act: [relu, tanh]
  zip:
    width: "16:64:log3"
    lr: [0.1, 0.1, 0.2]
YAML
cat >listed.yaml <<'YAML'
entry: train.py:train
params: {epochs: 5, lr: 0.5}
list: runs.upf
sweep: {seed: [1, 2]}
YAML
cat >runs.upf <<'UPF'
# CANDLE's format: one JSON object a line
{"id": "RUN#0", "lr": 0.1}   # a comment

{"id": "RUN#1", "epochs": 7, "drop": 0.25}
UPF
retrial run -n zipped.yaml | tail -3
retrial run zipped.yaml >/dev/null
retrial run listed.yaml >/dev/null
retrial run listed.yaml 2>&1 | tail -1 | sed 's/ in .*//'
sqlite3 .retrial/index.sqlite \
    'SELECT act, width, lr, keys, sum FROM zipped ORDER BY ordinal' \
    'SELECT id, lr, epochs, "drop", typeof("drop"), "param.seed", keys, sum FROM listed ORDER BY ordinal'
retrial run listed.yaml -S lr=1 -S epochs=1 --save saved.yaml >/dev/null
cat saved.yaml
for wrong in '{"id": 3, "id": 4}' '[1]' '{"lr": 0.1' '{"id": "RUN#0", "lr": 0.1}' '{"a": {"b.c": 1}}'; do
    { cat runs.upf && echo "$wrong"; } >wrong.upf
    sed 's/runs/wrong/' listed.yaml >wrong.yaml
    retrial run wrong.yaml 2>&1 || true
done
printf 'entry: train.py:train\nlist: [{lr: 1}, {lr: 2}, {lr: 1}]\n' >wrong.yaml
retrial run wrong.yaml 2>&1 || true
printf 'entry: train.py:train\nsweep: {zip: {a: [1, 2], b: [1, 2, 3]}}\n' >wrong.yaml
retrial run wrong.yaml 2>&1 || true
retrial run zipped.yaml -S width=1,2 2>&1 || true
