# No trial can change the code of another: what it writes, removes or renames in its working
# directory is its own (as root, too, who may write files that are read-only), and a change to the
# recorded files themselves ends the study.
mkdir lib
echo '{"level": 1}' > config.json
echo 'V = 10' > lib/helper.py
touch lib/__init__.py
cat > model.py <<'PYTHON'
import json
import os


def train(i):
    from lib import helper

    with open("config.json") as file:
        level = json.load(file)["level"]
    names = sorted(os.listdir(".")) + sorted(os.listdir("lib"))
    changed = 0
    for path, text in (("config.json", '{"level": 7}'), ("lib/helper.py", "V = 70")):
        try:
            with open(path, "w") as file:  # nobody but root may
                changed += file.write(text) > 0
        except PermissionError:
            os.remove(path)
            with open(path, "w") as file:
                changed += file.write(text) > 0
    os.rename("config.json", "lib/renamed.json")
    os.remove("model.py")
    return {"level": level, "helper": helper.V, "changed": changed, "names": " ".join(names)}
PYTHON
cat > command.sh <<'SH'
#!/bin/sh
level=$(cat config.json)
rm -f config.json
echo '{"level": 7}' > config.json
mv lib/helper.py lib/gone.py
echo "{\"same\": $(test "$level" = '{"level": 1}' && echo true || echo false), \"files\": $(ls lib | wc -l)}"
SH
chmod +x command.sh
printf 'name: own\nentry: model.py:train\nsweep: {i: "1:6:1"}\n' > own.yaml
printf 'name: command\nentry: {command: [./command.sh, "{i}"]}\nsweep: {i: "1:6:1"}\n' > command.yaml
/usr/bin/python3 -m venv --without-pip --copies other
(cat own.yaml; echo 'python: other/bin/python3') | sed 's/own/guest/' > guest.yaml
retrial run own.yaml -j 2 -q 2> /dev/null
retrial run guest.yaml -j 2 -q 2> /dev/null
retrial run command.yaml -j 2 -q 2> /dev/null
retrial query 'SELECT DISTINCT level, helper, changed, names FROM own' --csv
retrial query 'SELECT DISTINCT level, helper, changed, names FROM guest' --csv
retrial query 'SELECT DISTINCT same, files FROM command' --csv

echo "-- beside __file__"
cat > beside.py <<'PYTHON'
import os

HERE = os.path.dirname(__file__)


def train(i):
    path = os.path.join(HERE, "config.json")
    os.utime(path)  # is no change
    with open(os.path.join(HERE, "new.txt"), "w") as file:
        file.write("neither is another file")
    if i == 3:
        os.chmod(path, 0o644)
        with open(path, "w") as file:
            file.write('{"level": 7}')
    return i
PYTHON
printf 'name: beside\nentry: beside.py:train\nsweep: {i: [1, 2]}\n' > beside.yaml
retrial run beside.yaml -q 2>&1 | grep beside && echo fine
retrial query "SELECT record ->> '$.beside' AS beside, environment = (SELECT environment FROM agent
    WHERE launch = 1) AS same_environment FROM agent ORDER BY launch DESC LIMIT 1" --csv
sed -i 's/\[1, 2\]/[1, 2, 3]/' beside.yaml
retrial run beside.yaml -q 2> "$HOME/told" || echo "exit $?"
sed "s/ $(uname -n) / HOST /" "$HOME/told"
retrial query "SELECT reason, detail = a.record ->> '$.failed' AS rank_says_so FROM launch
    JOIN agent AS a USING (launch) ORDER BY launch DESC LIMIT 1" --csv
echo "-- on import"
printf 'import os\nos.remove(os.path.join(os.path.dirname(__file__), "config.json"))\n' | cat - beside.py > import.py
printf 'name: import\nentry: import.py:train\nsweep: {i: [1, 2]}\n' > import.yaml
retrial run import.yaml -q 2> "$HOME/told" || echo "exit $?"
sed "s/ $(uname -n) / HOST /" "$HOME/told"
cat config.json lib/helper.py
