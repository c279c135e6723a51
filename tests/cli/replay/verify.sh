# A study that is seeded comes out the same, trial for trial, and each is really run; one that is
# not is DIFFERENT until it is known how much it varies by itself.
cat > seeded.py <<'EOF'
import os
import random


def train(a, b):
    with open(os.environ["WITNESS"], "a") as file:
        file.write("ran\n")
    return {"loss": a * random.random(), "fit_seconds": os.times().elapsed, "n": b}
EOF
cat > unseeded.py <<'EOF'
import os


def train(a):
    return {"loss": a + int.from_bytes(os.urandom(4), "little") / 2**32 / 100}
EOF
export WITNESS=$PWD/witness
printf 'name: seeded\nentry: seeded.py:train\nparams: {b: 3}\nsweep: {a: [1, 2.5, 4]}\nreplicates: 4\n' > seeded.yaml
retrial run seeded.yaml -j 2 -q
echo "--- verify"
retrial verify seeded -j 2 -q
wc -l < witness
echo "--- the replay is a study"
retrial query "SELECT count(*) AS pairs, count(DISTINCT origin_trial) AS origins, group_concat(DISTINCT verdict) AS verdicts FROM replays" --csv
retrial query 'SELECT count(*) FROM seeded_verify JOIN seeded USING (ordinal, a, b, replicate, seed)' --csv
echo "--- unseeded"
retrial run unseeded.py:train -S a=1,2,3 --name unseeded -q
retrial verify unseeded -q > out 2> err || echo "exit code $?"
head -1 out
cat err
{ retrial verdict unseeded_verify --tol floor --tol loss=floor 2>&1 > out || true; } | grep floor
retrial verify unseeded -k 10 --name measure -q > out 2>&1 || echo "exit code $?"
head -1 out
sed -n '/more/s/verdict [^ ]*/verdict ID/p' out
retrial query 'SELECT metric, trials, repeats, floor BETWEEN spread AND 0.03 AS plausible, spread > 0 AS varies FROM floor' --csv
retrial verify unseeded --tol floor -q | head -1
echo "--- judged again"
retrial verdict measure --tol floor 2>&1 | grep -e of -e more
retrial verdict measure --tol loss=1 --equiv loss=0.05 --csv | cut -d, -f1,2,10,12
retrial verdict measure --tol loss=1e-9 > /dev/null 2> err || echo "exit code $?"
cat err
retrial verdict seeded || echo "exit code $?"
# What has changed is not taken for what varies by itself, and limits stay those of each trial.
mkdir changed
cat >changed/model.py <<PYTHON
def train(x):
    acc = float(open("$PWD/value").read())
    return {"acc": acc, "huge": acc * x * 1e300, "tiny": acc * x * 1e-300}
PYTHON
printf 'name: changed\nentry: model.py:train\nsweep: {x: [1, 2]}\nlimits: {timeout: 20s}\n' >changed/changed.yaml
printf 'name: other\nentry: model.py:train\nparams: {x: 3}\nlimits: {timeout: 50s}\n' >changed/other.yaml
echo 0.9 >value
retrial --store .retrial run -q changed/changed.yaml
retrial --store .retrial run -q changed/other.yaml
echo 0.5 >value
retrial verify -q changed -k 3 --tol floor >verdict 2>&1 || echo "exit $?"
sed -n 's/ (.*of/ of/; s/^\(changed_verify\) of/\1 of/p' verdict
retrial verify changed other --dry-run | cut -c-20 | sed 's/ *$//'
echo "--- squares of what is huge or tiny are not formed"
{ retrial verdict changed_verify --equiv huge=1e300 --csv 2> /dev/null || echo "exit code $?"; } | awk -F, '/exit/; $1 ~ /huge|tiny/ {printf "%s %s %.4g %.4g %.4g %s\n", $1, $2, $3, $4, $5, $12}'
