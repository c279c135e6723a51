# The same as JSON, in which nothing is lost.
. "$SOURCE/tests/cli/made.bash"
make_study
retrial show kinds.3 --json > trial.json
/usr/bin/python3 - <<'PYTHON'
import json
trial = json.load(open("trial.json"))
print(trial["outcome"], trial["params"], trial["swept"], trial["replicate"])
print(list(trial["components"]))
for attempt in trial["attempts"]:
    print(attempt["attempt"], attempt["outcome"], attempt["decides"], attempt["signal"], attempt["reason"])
    assert attempt["host"] and attempt["pid"] > 0 and attempt["seed"] == trial["seed"]
PYTHON
retrial show kinds.1 --json | grep -A 3 '"result"'
