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
