# Study files beside the code are no code: none of them makes another study run again, also those that
# say only how they differ from another. A file of the model that extends another one is code.
echo 'import json
def work(x): return {"y": x}' >model.py
cat >base.yaml <<'YAML'
name: base
entry: model.py:work
sweep: {x: [1, 2]}
YAML
printf 'extends: base.yaml\nname: more\nsweep: {x: [1, 2, 3]}\n' >more.yaml
printf 'name: most\nextends: "more.yaml" # which extends base.yaml\nsweep: {x: [1]}\n' >most.yaml
printf '{"extends": "base.yaml", "name": "json"}\n' >json.json
printf 'extends: layers.yaml\nwidth: 3\n' >network.yaml
echo 'width: 4' >layers.yaml
retrial run -q base.yaml
for file in base more most; do echo "# edited" >>$file.yaml; done
echo >>json.json
retrial run -q --dry-run base.yaml 2>&1 | grep -c 'code has changed' || true
for study in more.yaml most.yaml json.json; do retrial run -q $study 2>"$HOME/err" || cat "$HOME/err"; done
sqlite3 .retrial/index.sqlite "SELECT count(*) FROM code"
echo "# edited" >>network.yaml
retrial run -q base.yaml 2>&1 | grep -o 'code has changed'
