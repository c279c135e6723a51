# The small study of faults.sh: six trials, x from 1 to 6, in the current folder. Each trial leaves a
# line in $RAN.
# shellcheck shell=bash

make_plain() {
    cat > model.py <<'PYTHON'
import os


def train(x):
    print("y" * (4000 + x * 100))
    with open("note.txt", "w") as note:
        note.write("x is %s" % x)
    with open(os.environ["RAN"], "a") as ran:
        ran.write("%s\n" % x)
    return {"loss": x / 4, "text": "z" * 4000 + str(x)}
PYTHON
    printf 'name: small\nentry: model.py:train\nsweep: {x: "1:6:1"}\n' > small.yaml
}
