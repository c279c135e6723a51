# A trial of each kind of entry, checked out, gives the recorded metrics bit for bit, without Retrial
# and without the originals.
mkdir -p work/lib work/data work/big && cd work
cat > model.py <<'PYTHON'
import random
from lib import scale


def train(params, trial, seed):
    with open("data/rows.csv") as file:
        rows = [float(line) for line in file]
    with open("big/deep/x") as file:
        rows.append(float(file.read()))
    noise = random.gauss(0, params["opt"]["sd"])
    import numpy
    return {"loss": scale.SCALE * noise / 3 + sum(rows), "drawn": numpy.random.random(2),
            "nan": float("nan") if trial.replicate == 2 else 1.0, "seed": seed, "id": trial.id,
            "order": list({"a", "b", "c"}), "text": "ä\n"}
PYTHON
echo 'SCALE = 0.1' > lib/scale.py
echo "not code" > lib/notes.txt
chmod +x lib/notes.txt
ln -s scale.py lib/link.py
printf '0.1\n0.7\n' > data/rows.csv
mkdir big/deep
echo 0.3 > big/deep/x
echo 7 > big/other
printf 'big\ndata\n' > .gitignore
git init -q . && git add -A && git -c user.name=t -c user.email=t@t commit -qm one
cat > python.yaml <<'YAML'
name: python
entry: model.py:train
params: {opt: {sd: 0.5, name: "it's \"x\""}}
sweep: {x: [0.1, 1]}
replicates: 2
inputs: [data/rows.csv, big/deep]
YAML
cat > command.sh <<'SH'
#!/bin/sh
printf '{"sum": %s, "seed": %s, "word": "%s"}\n' "$(cat data/rows.csv | wc -l)" "$RETRIAL_SEED" "$1" > "$RETRIAL_RESULT"
SH
chmod +x command.sh
cat > command.yaml <<'YAML'
name: command
entry: {command: [./command.sh, "{word}"]}
sweep: {word: ["a b'c", "$HOME"]}
inputs: [data/rows.csv]
YAML
cat > model.c <<'C'
#include <math.h>
#include <retrial.h>
#include <stdlib.h>

int train(const struct retrial_trial *trial, struct retrial_result *result)
{
    double lr = retrial_real(trial, "opt.lr", -1);

    retrial_metric(result, "loss", sqrt(lr) + (double)rand() / RAND_MAX);
    retrial_metric_int(result, "epochs", retrial_int(trial, "epochs", -1));
    retrial_metric(result, "absent", retrial_real(trial, "nothing", NAN));
    retrial_metric_text(result, "name", retrial_text(trial, "name", "none"));
    return 0;
}
C
cc -shared -fPIC -I "$SOURCE/engine/public" -o libmodel.so model.c -lm
cat > c.yaml <<'YAML'
name: c
entry: ./libmodel.so:train
params: {name: "q\"?? ä"}
sweep: {opt.lr: [0.1, 0.2], epochs: [3]}
YAML
for study in python command c; do
    retrial run $study.yaml -q -j 2 2>> "$HOME/log"
done
for trial in python.1 python.4 command.1 command.2 c.2; do
    retrial checkout $trial "../$trial" 2>> "$HOME/notes"
    retrial show $trial --json > "../$trial.json"
done
find ../python.1/code -printf '%P %M %l\n' | grep -v '^$' | sort > "$HOME/files"
cd ..
mv work gone # nothing of the originals is there
for trial in python.1 python.4 command.1 command.2 c.2; do
    (cd /; env -i PATH=/usr/bin:/bin "$OLDPWD/$trial/run.sh") > $trial.out || cat $trial.out
done
sed "s|$PWD|HERE|" "$HOME/files"
/usr/bin/python3 - <<'PYTHON'
import json
for trial in ("python.1", "python.4", "command.1", "command.2", "c.2"):
    recorded = json.load(open(trial + ".json"))
    got = json.loads(open(trial + ".out").read().splitlines()[-1])
    want = recorded["attempts"][0]["result"]
    assert repr(sorted(got.items())) == repr(sorted(want.items())), (trial, got, want)
    print(trial, "is the same to the bit:", len(got), "metrics")
    params = json.load(open(trial + "/params.json"))
    assert params == recorded["params"]
PYTHON
sort "$HOME/notes" | uniq -c | sed -E 's/ +/ /; s|^ ||'
cmp gone/model.py python.1/code/work/model.py && cmp gone/data/rows.csv python.1/code/work/data/rows.csv
