# Two studies of one model, between which params, code, an input and the number of levels changed;
# sourced by tests of commands that compare. Quiet.
make_pair() {
    mkdir -p data
    cat > model.py <<'PYTHON'
import random


def train(noise, opt, epochs):
    return {"acc": 1 - noise + random.random() / 100, "steps": {"epochs": epochs, "lr": opt["lr"]}}
PYTHON
    echo "1,2" > data/rows.csv
    cat > before.yaml <<'YAML'
name: before
entry: model.py:train
params: {epochs: 4, opt: {lr: 0.1}}
sweep: {noise: [0.0, 0.1, 0.2]}
replicates: 2
inputs: [data/rows.csv]
code: {ignore: [data]}
limits: {retries: 1}
YAML
    retrial run before.yaml -q -j 1
    sed -i 's/1 - noise/2 - noise/' model.py
    printf 'def helper():\n    return 1\n' > helper.py
    echo "1,3" > data/rows.csv
    sed -e 's/name: before/name: after/' -e 's/epochs: 4/epochs: 5/' -e 's/0.2\]/0.2, 0.3]/' \
        before.yaml > after.yaml
    OMP_PROC_BIND=true retrial run after.yaml -q -j 1
}
