# The environment that a trial ran in is part of its key. It decides nothing by itself: what is done
# stays done when packages change, and that trials ran in several environments is told.
unset LOADEDMODULES
/usr/bin/python3 -m venv --without-pip ours
/usr/bin/python3 -m venv --without-pip --copies other
package() { # venv, name, version now, version before
    rm -rf "$1"/lib/python3*/site-packages/"$2-${4:-none}".dist-info
    mkdir -p "$(echo "$1"/lib/python3*/site-packages)/$2-$3.dist-info"
}
components() { # of a trial: the environment's, and all others
    retrial show "$1" --json | /usr/bin/python3 -c '
import json, sys
shown = json.load(sys.stdin)
c = shown["components"]
print(shown["key"], c.pop("environment"), *c.values(), *{a["environment"] for a in shown["attempts"]})'
}
printf 'def f(i):\n    return i\n' > model.py
for venv in ours other; do
    echo "-- $venv"
    package $venv tensors 1.0
    printf "name: $venv\npython: $venv/bin/python3\nentry: model.py:f\nsweep: {i: [1, 2]}\n" > $venv.yaml
    retrial run $venv.yaml -q
    components $venv.1 > "$HOME/before"
    package $venv tensors 2.0 1.0
    package $venv more 0.5
    retrial run $venv.yaml -q
    sed -i 's/\[1, 2\]/[1, 2, 3]/' $venv.yaml
    retrial run $venv.yaml -q 2>&1 | sed 's/show [a-z0-9]*/show ID/; s/launch [0-9]*/launch N/g'
    components $venv.1 | diff - "$HOME/before" && echo "the key of what was done stays"
    retrial query "SELECT launch > (SELECT min(launch) FROM \"$venv.attempts\") AS later,
        count(*) AS attempts, count(DISTINCT environment) AS environments FROM \"$venv.attempts\"
        GROUP BY 1" --csv
    components $venv.3 > "$HOME/after"
    read -r key environment code rest < "$HOME/before"
    read -r key3 environment3 code3 rest3 < "$HOME/after"
    [ "$environment" != "$environment3" ] && [ "$key" != "$key3" ] && [ "$code" = "$code3" ]
done
echo "-- a command, by the modules that are loaded"
printf 'name: command\nentry: {command: [echo, "{i}"]}\nsweep: {i: [1, 2]}\n' > command.yaml
LOADEDMODULES=gcc/12.2 retrial run command.yaml -q
sed -i 's/\[1, 2\]/[1, 2, 3]/' command.yaml
LOADEDMODULES=gcc/13.1 retrial run command.yaml -q 2>&1 | sed 's/show [a-z0-9]*/show ID/; s/launch [0-9]*/launch N/g'
printf 'name: plain\nentry: {command: [echo, "{i}"]}\nsweep: {i: [1, 2]}\n' > plain.yaml
retrial run plain.yaml -q
read -r _ environment _ < <(components plain.1)
[ "$environment" = "$(printf '{}' | sha256sum | cut -d' ' -f1)" ] && echo "of nothing, nothing"
echo "-- a store of an earlier version, whose trials are done"
cp -r "$SOURCE/tests/fixtures/store-v1" old
retrial ls --store "$PWD/old" --csv | cut -d, -f 2-6
