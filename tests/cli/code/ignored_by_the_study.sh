# What the study ignores is no code: it may change without running anything again, and is there.
mkdir -p data lib
echo 1 > data/a.csv
echo 2 > lib/b.csv
echo 3 > lib/kept.csv
cat > model.py <<'PYTHON'
def train(i):
    return sum(int(open(p).read()) for p in ("data/a.csv", "lib/b.csv", "lib/kept.csv"))
PYTHON
cat > study.yaml <<'YAML'
name: s
entry: model.py:train
code: {ignore: [data/, "*.csv", "!lib/kept.csv", "*.py"]}
sweep: {i: [1]}
YAML
git init -q .
git add -A
run() {
    retrial run study.yaml -q 2>&1
    retrial query 'SELECT value FROM s' --csv | tail -1
}
run
echo 10 > data/a.csv
echo 20 > lib/b.csv
run
echo "but what it takes back is code"
echo 30 > lib/kept.csv
run
git --git-dir=.retrial/code.git ls-tree -r --name-only "$(git --git-dir=.retrial/code.git for-each-ref --format='%(refname)' | head -1)" |
    cut -d / -f 2-
