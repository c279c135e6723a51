# What does not matter is told while the study runs, and an interrupted study that goes on ends with
# the same words as one that was never interrupted.
mkdir code
cat >code/model.py <<'PYTHON'
import time
def renamed(params):
    merged = {"noise_gaussian": 0.1}
    merged.update(params)
    time.sleep(params["pause"])
    return {"loss": merged["noise_gaussian"] * params["epochs"]}

def unread(params):
    time.sleep(params["pause"])
    return params["epochs"]
PYTHON
for name in renamed unread; do
    cat >code/$name.yaml <<YAML
name: $name
entry: model.py:$name
params: {pause: 0.04}
sweep: {gaussian_noise: {from: 0, to: 0.9, step: 0.1}, epochs: [1, 2, 3, 4]}
replicates: 4
YAML
done
summary() { # what is said behind the line that sums the study up
    sed '1,/trials done/d' "$1"
}
for name in renamed unread; do
    echo "-- $name"
    retrial run code/$name.yaml -j 2 --store "$PWD/whole" 2>whole.txt
    : >early.txt
    retrial run code/$name.yaml -j 2 2>early.txt &
    for ((i = 0; i < 100; i++)); do
        ! grep -q ^warning early.txt || break
        sleep 0.1
    done
    (cd code && retrial status | grep -o 'warning: "gaussian_noise"' | sort -u && retrial stop 2>../stopped.txt)
    wait $! || echo "exit $?"
    echo while it ran:
    sed '/trials done/,$d' early.txt | grep -m 1 ^warning | sed -E 's/[0-9]+ (pairs|trials)/SOME \1/'
    retrial run code/$name.yaml -j 2 2>late.txt
    echo in the end:
    summary late.txt
    summary whole.txt | diff - <(summary late.txt) && echo the same
done
