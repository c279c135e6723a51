# Two studies: their plans, and the metrics of trials that both have.
. "$SOURCE/tests/cli/made_pair.bash"
make_pair
retrial diff before after --stat
echo
retrial diff before after --json > diff.json
# The same means, computed by hand from what is recorded.
/usr/bin/python3 - <<'PYTHON'
import json
import sqlite3
diff = json.load(open("diff.json"))
index = sqlite3.connect("file:.retrial/index.sqlite?mode=ro", uri=True)
pairs = index.execute("""SELECT a.acc, b.acc FROM before AS a JOIN after AS b
                         USING (noise, replicate)""").fetchall()
row = next(row for row in diff["metrics"] if row["name"] == "acc")
print(diff["paired"], row["pairs"], row["identical"], len(pairs))
assert abs(row["a"] - sum(a for a, _ in pairs) / len(pairs)) < 1e-12
assert abs(row["difference"] - sum(b - a for a, b in pairs) / len(pairs)) < 1e-12
PYTHON
printf 'def train(x):\n    return x\n' > other.py
retrial run other.py:train -S x=1,2 --name other -q -j 1
retrial diff before other --stat | sed -n '/^no trials/p'
