# A study that extends another one, with keys under conditions; changed and saved again.
cat >train.py <<'PYTHON'
def train(params):
    return {"keys": len(params), "momentum": params.get("momentum", -1)}
PYTHON
mkdir studies
cat >base.yaml <<'YAML'
name: base
entry: train.py:train
params: {epochs: 5, lr: 0.5}
sweep:
  optimizer: [sgd, adam]
  momentum: {values: [0, 0.9], when: optimizer == sgd}
YAML
cat >studies/more.yaml <<'YAML'
extends: ../base.yaml
params: {epochs: 9}
sweep:
  nesterov: {values: [true, false], when: momentum > 0}
YAML
retrial run studies/more.yaml >/dev/null 2>&1
rows() {
    sqlite3 studies/.retrial/index.sqlite \
        'SELECT ordinal, optimizer, "param.momentum", nesterov, epochs, lr, keys FROM more ORDER BY ordinal'
}
rows
echo "more levels: the trials so far keep their numbers"
sed -i 's/0.9\]/0.9, 0.99]/; s/sgd, adam/lion, sgd, adam/' base.yaml
retrial run studies/more.yaml 2>&1 | grep -o "[0-9]* of [0-9]* trials done"
rows
retrial run -n studies/more.yaml -S 'momentum=0:1:lin3' -S optimizer=sgd --save saved.yaml >/dev/null
cat saved.yaml
retrial run -n train.py:train -S 'lr=loguniform(1e-4,1e-1)' -S a=x,y -S 'b=1,2 when a == x' --samples 2 \
    --save drawn.yaml | tail -3
cat drawn.yaml
retrial run -n drawn.yaml | tail -3
for wrong in 'seeds: 3' 'limits: {retry: 3}' 'sweep: {b: {values: [1], when: optimiser == sgd}}' \
    'sweep: {b: {values: [1], when: optimizer = sgd}}' 'params: [1]'; do
    printf 'extends: base.yaml\n%s\n' "$wrong" >wrong.yaml
    retrial run wrong.yaml 2>&1 || true
done
echo 'extends: wrong.yaml' >base.yaml
retrial run wrong.yaml 2>&1 | sed "s|$PWD|HERE|" || true
