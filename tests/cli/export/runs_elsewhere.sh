# Trials of a copy that keeps inputs run where the originals are not, or are not what they were.
mkdir -p work/data/deep work/mixed && cd work
git init -q . && printf 'data\nmixed/ignored\n' > .gitignore
echo 0.5 > data/deep/x
echo 9 > data/other
echo 0.25 > mixed/tracked
echo 0.125 > mixed/ignored
cat > model.py <<'PYTHON'
import os


def train(x):
    if x != 1 and "GO" not in os.environ:
        raise ValueError("not yet")
    names = ("data/deep/x", "mixed/tracked", "mixed/ignored")
    return {"sum": x + sum(float(open(name).read()) for name in names), "data": sorted(os.listdir("data"))}
PYTHON
printf 'name: s\nentry: model.py:train\nsweep: {x: [1, 2, 3]}\ninputs: [data/deep, mixed]\n' > s.yaml
git add -A && git -c user.name=t -c user.email=t@example.org commit -qm one
retrial run s.yaml -q -j 1 2> "$HOME/log" || echo "exit $?"
retrial export s ../copy --with-inputs 2>> "$HOME/log"
again() {
    GO=1 retrial "$@" -q -j 1 || echo "exit $?"
}
sums() {
    retrial --store "$1" query "SELECT outcome, sum, data FROM s" --csv
}
echo "the inputs have changed:"
echo 1.5 > data/deep/x
again resume s --retry failed
cp -r ../copy ../second
again --store ../copy resume s --retry failed
sums ../copy
echo "they are gone:"
cd ..
mv work gone
again --store second resume s --retry failed
sums second
find second/work/inputs -type f -printf '%f\n' | sort
