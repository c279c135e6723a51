# Why trials of a study whose file and code were changed ran, or did not run again.
why() {
    retrial why "$1" | sed "s/ on $(hostname),/ on HOST,/"
}
printf 'def train(x):\n    return x\n' > model.py
printf 'name: s\nentry: model.py:train\nsweep: {x: [1, 2]}\n' > s.yaml
retrial run s.yaml -q -j 1
why s.1
echo "more levels:"
sed -i 's/\[1, 2\]/[1, 2, 3]/' s.yaml
retrial run s.yaml -q -j 1
why s.1
why s.3
echo "other code:"
printf 'def train(x):\n    return x + 1\n' > model.py
retrial run s.yaml -q -j 1 2> "$HOME/log"
why s.1
why s.4
echo "another study:"
sed 's/name: s/name: t/' s.yaml > t.yaml
retrial run t.yaml -q -j 1
why t.2
echo "another package:"
mkdir -p site/extra-1.0.dist-info
printf 'name: u\nentry: model.py:train\nsweep: {x: [2]}\n' > u.yaml
PYTHONPATH=$PWD/site retrial run u.yaml -q -j 1 2> "$HOME/log"
why u.1 | grep " t"
retrial why s.4 --json > why.json
/usr/bin/python3 - <<'PYTHON'
import json
why = json.load(open("why.json"))
one = why["predecessors"][0]
print(why["planned"]["revision"], one["differs"], one["same_study"], one["code"]["files"][0]["path"])
PYTHON
retrial why s || echo "exit $?"
