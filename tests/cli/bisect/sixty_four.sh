# The commit that changed what a trial gives, planted among 64, is found in 8 runs at most; commits
# that cannot run are gone around, and those that change no code are not run.
mkdir repo other && cd repo
git init -q -b main .
git config user.name t && git config user.email t@example.org
cat > model.py <<'PYTHON'
import constants


def train(x):
    return {"y": x * constants.FACTOR}
PYTHON
echo 'FACTOR = 1' > constants.py
printf '.retrial\nbisect.json\n' > .gitignore
printf 'name: s\nentry: model.py:train\nsweep: {x: [1, 2]}\n' > s.yaml
git add -A && git commit -qm "the first"
retrial run s.yaml -q -j 1
for i in $(seq 64); do
    case $i in
    23) echo 'FACTOR = 2' > constants.py ;;
    22 | 24) echo 'FACTOR = ' > constants.py ;; # does not even parse
    25) echo 'FACTOR = 2' > constants.py ;;
    *) echo "# $i" >> model.py ;;
    esac
    git add -A && git commit -qm "change $i"
    [ $i != 22 ] || git tag broken
    [ $i != 32 ] || git tag middle
done
bisect() {
    retrial bisect s -j 1 --json "$@" 2>> "$HOME/log" > bisect.json || echo "exit $?"
    /usr/bin/python3 - <<'PYTHON'
import json
found = json.load(open("bisect.json"))
print([one["summary"] for one in found["first"]], found["commits"], "commits,", found["runs"], "runs")
assert found["runs"] <= 8 or [one for one in found["looks"] if one["verdict"] == "NOT COMPARABLE"]
PYTHON
}
bisect --good HEAD~64 --bad main
echo "between two that are the same:"
retrial bisect s --good middle --bad main 2>&1 | tail -n 1 | sed -E 's/[0-9a-f]{12}/COMMIT/g' || true
echo "from where it cannot run:"
retrial bisect s --good broken --bad main 2>&1 | tail -n 1 | sed -E 's/[0-9a-f]{12}/COMMIT/g' || true
git rev-parse HEAD > "$HOME/head" # nothing was touched
git status --short
git stash list
retrial query "SELECT count(*) > 5 AS replays FROM study WHERE name LIKE 's%bisect%'" --csv | tail -n 1
