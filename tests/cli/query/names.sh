# Names that are SQL, or that act on a terminal, do no harm.
. "$SOURCE/tests/cli/made.bash"
printf 'def train(**p):\n    return {"a\\"b": 1.5, "SELECT": 2}\n' > m.py
cat > s.yaml <<'YAML'
name: "x; DROP TABLE study; --"
entry: m.py:train
sweep: {"from": [1, 2], "gr\"oup '; --": [a, "b|c"], "größe": [0.5]}
objective: {maximize: "a\"b"}
YAML
retrial run s.yaml -j 1 2> "$HOME/log" || cat "$HOME/log"
retrial ls --csv | cut -d , -f 2-3,12-13
retrial ls 'x; DROP TABLE study; --' | without_seconds
retrial query noise -s 'x; DROP TABLE study; --' --by "gr\"oup '; --" --csv
retrial query best -s 'x; DROP TABLE study; --' --md -n 1 | cut -d '|' -f 1-5
retrial query "SELECT name FROM study" --json
retrial show 'x; DROP TABLE study; --.1' | sed -n '/^params/,/^swept/p'
