# A model's own file of defaults, which params come on top of; keys that it lacks are refused.
cat >default_model.txt <<'END'
[Global_Params]
learning_rate = 0.001   # of the optimizer
activation='relu'
dense=[1000, 500]
warm=False
weights=None
batch_size: 30_000
; another comment
[Monitor_Params]
learning_rate = 5
END
cat >model.py <<'END'
def train(params):
    print(sorted(params.items()))
    return params["learning_rate"]
END
printf '%s\n' 'entry: model.py:train' 'defaults: default_model.txt' 'params: {warm: true}' \
    'sweep: {learning_rate: [0.1, 0.2]}' >a.yaml
retrial run -q a.yaml
sqlite3 .retrial/index.sqlite 'SELECT activation, dense, warm, weights, batch_size, learning_rate FROM a'
try() { # the lines that a.yaml has besides
    { cat a.yaml; printf '%s\n' "$@"; } >b.yaml
    retrial run b.yaml && exit 1 || echo "exit $?"
}
sed -i '$d' a.yaml
try 'sweep: {lerning_rate: [0.1, 0.2]}'
try 'sweep: {noise: [0.1, 0.2]}'
try 'list: [{dense_: 3}]'
sed -i 's/defaults: .*/defaults: {file: default_model.txt, also: [noise]}/' a.yaml
{ cat a.yaml; echo 'sweep: {noise: [0, 1]}'; } >c.yaml
retrial run -q c.yaml
sqlite3 .retrial/index.sqlite 'SELECT noise, learning_rate FROM c'
sed -i 's/^defaults.*/defaults: 3/' a.yaml
try
echo 'rate = fast' >default_model.txt
sed -i 's/^defaults.*/defaults: default_model.txt/' a.yaml
try
