# Differences of each kind, planted with known sizes, are found at their sizes: seed, params, code,
# inputs, interpreter; what two do to each other only together; and what cannot be swapped.
explain() {
    retrial explain "$@" 2>> "$HOME/log" || { echo "exit $?"; cat "$HOME/log"; }
}
cat > model.py <<'PYTHON'
import random
import sys

CODE = 0.0


def train(epochs, opt, seed):
    base = 0.5 + CODE + float(open("data/bias").read())
    base += 0.25 if "other" in sys.prefix else 0.0
    drawn = random.randrange(2 ** 16) / 2 ** 20
    return {"acc": base + epochs / 64 + opt["m"] * epochs / 256 + drawn, "drawn": drawn,
            "epochs": epochs, "note": "text", "seconds": random.random()}
PYTHON
mkdir data && echo 0.0 > data/bias
cat > base.yaml <<'YAML'
name: a
entry: model.py:train
sweep: {epochs: [8]}
params: {opt: {m: 0, name: sgd}}
seed: 0
inputs: [data/bias]
code: {ignore: [data]}
YAML
study() { # name, what is otherwise, for sed
    sed -e "s/^name: a/name: $1/" -e "$2" base.yaml > $1.yaml
    retrial run $1.yaml -q -j 1 2>> "$HOME/log"
}
study a ''
study seed 's/^seed: 0/seed: 3/'
study params 's/\[8\]/[16]/; s/m: 0/m: 1/'
echo "seed alone:"
explain a.1 seed.1
echo "two params, which also multiply each other:"
explain a.1 params.1
sed -i 's/^CODE = 0.0/CODE = 0.125/' model.py
echo '# a comment' > other.py
study code ''
echo "code:"
explain a.1 code.1
echo "everything, and an environment variable that cannot be swapped:"
OMP_PLACES=cores study all 's/^seed: 0/seed: 3/; s/\[8\]/[16]/; s/m: 0/m: 1/'
explain a.1 all.1
explain all.1 a.1
explain a.1 all.1 --json > explained.json
/usr/bin/python3 - <<'PYTHON'
import json
explained = json.load(open("explained.json"))
for row in explained["metrics"]:
    sum_of_all = sum(row["parts"]) + row["again"] + row["interaction"] + row["rest"]
    if row["metric"] == "drawn":
        assert row["parts"][0] == row["difference"] != 0 and row["parts"][1:] == [0, 0, 0], row
    assert abs(sum_of_all - row["difference"]) < 1e-12, row
print([one["component"] for one in explained["components"]], [row["metric"] for row in explained["metrics"]])
PYTHON
explain a.1 all.1 --dry-run
echo "the same trial:"
explain a.1 a.1
retrial query "SELECT count(DISTINCT s.name) > 5 AS recorded FROM study AS s JOIN pair USING (study)" --csv | tail -n 1
