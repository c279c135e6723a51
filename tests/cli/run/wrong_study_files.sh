# What is wrong is told with its place and what to do, and nothing is made.
try() { retrial run "$@" || echo "exit $?"; }
echo 'def train(lr): return lr' >train.py
cat >wrong.yaml <<'YAML'
entry: train.py:train
replicate: 3
YAML
try wrong.yaml
printf 'entry: trian.py:train\n' >wrong.yaml
try wrong.yaml
printf 'entry: train.py:train\nsweep: {lr: {from: 0, to: 1, step: 0.3}}\n' >wrong.yaml
try wrong.yaml
printf '{"entry": "train.py:train",}\n' >wrong.json
try wrong.json
try missing.yaml
try train.py:train -S lr
try train.py:train -S lr=0:1
try train.py:train -S lr=1,2,1
try train.py:train -S lr=1 --replicates 4000000000
ls -A
