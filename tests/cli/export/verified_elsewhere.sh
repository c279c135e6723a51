# An exported study is verified from the copy alone, elsewhere: code and inputs come from it.
mkdir -p "$HOME/then/data/parts" "$HOME/then/raw" && cd "$HOME/then"
git init -q . && printf 'raw\n.retrial\n' > .gitignore
echo 0.5 > data/parts/x
echo 0.25 > raw/y
cat > model.py <<'PYTHON'
import random


def train(x):
    given = float(open("data/parts/x").read()) + float(open("raw/y").read())
    return {"loss": given + x * random.random()}
PYTHON
printf 'name: s\nentry: model.py:train\nsweep: {x: [1, 2, 3]}\nreplicates: 4\ninputs: [data, raw/y]\n' > s.yaml
git add -A && git -c user.name=t -c user.email=t@example.org commit -qm one
retrial run s.yaml -q -j 2
here=$OLDPWD
retrial export s "$here/copy" --with-inputs 2> "$HOME/log" || cat "$HOME/log"
cd "$here"
mv "$HOME/then" "$HOME/gone"
retrial --store copy verify s -q -j 2 2>&1 | sed -n 1p || echo "exit $?"
retrial --store copy query "SELECT verdict, count(*) AS n FROM replays GROUP BY verdict" --csv
echo "what a pair has in common:"
retrial --store copy diff s.1 s_verify.1 | tail -n 1
echo "an input outside the code is needed where it was, and nothing is recorded without it:"
echo far > "$HOME/far"
echo 'def f(x): return x' > far.py
printf 'name: far\nentry: far.py:f\nsweep: {x: [1]}\ninputs: [%s]\ncode: {ignore: ["*"]}\n' "$HOME/far" > far.yaml
retrial --store copy run far.yaml -q 2> "$HOME/log" || cat "$HOME/log"
retrial --store copy export far "$here/again" --with-inputs 2> "$HOME/log" || cat "$HOME/log"
rm "$HOME/far"
retrial --store again verify far -q 2>&1 || echo "exit $?"
retrial --store again ls --csv 2> "$HOME/log" | grep -c far_verify || true
