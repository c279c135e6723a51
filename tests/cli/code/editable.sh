# Packages that were installed with pip install -e are imported from the live tree: that is told and
# recorded, whatever leads to them (a folder in a .pth file, an egg-link, a finder of setuptools), for
# modules that trials import only later as well, and by either kind of interpreter.
mkdir -p old/src/oldpkg modern/lib/modernpkg late study zipped
echo 'VALUE = 1' > old/src/oldpkg/__init__.py
echo 'VALUE = 10' > modern/lib/modernpkg/__init__.py
echo 'VALUE = 100' > modern/lib/modernpkg/deep.py
echo 'VALUE = 1000' > late/lateone.py
echo 'VALUE = 10000' > zipped.py
/usr/bin/python3 -m zipfile -c late/archive.zip zipped.py
install_into() { # a virtual environment
    site=$(echo "$1"/lib/python3*/site-packages)
    echo "$PWD/old/src" > "$site/easy-install.pth"
    printf '%s\n../' "$PWD/old/src" > "$site/oldpkg.egg-link"
    cat > "$site/__editable___modernpkg_1_0_finder.py" <<PYTHON
import importlib.machinery, importlib.util, sys

class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name == "modernpkg":
            return importlib.util.spec_from_file_location(
                name, "$PWD/modern/lib/modernpkg/__init__.py",
                submodule_search_locations=["$PWD/modern/lib/modernpkg"])

def install():
    sys.meta_path.append(Finder)
PYTHON
    echo 'import __editable___modernpkg_1_0_finder as f; f.install()' > "$site/__editable__.modernpkg-1.0.pth"
    printf '%s\n%s\n' "$PWD/late" "$PWD/late/archive.zip" > "$site/late.pth"
    mkdir -p "$site/solid" "$site/modernpkg-1.0.dist-info" old/src/oldpkg.egg-info
    echo 'VALUE = 100000' > "$site/solid/__init__.py"
}
/usr/bin/python3 -m venv --without-pip ours
/usr/bin/python3 -m venv --without-pip --copies other
install_into ours
install_into other
cd study
cat > model.py <<'PYTHON'
import oldpkg
import solid


def train(i):
    value = oldpkg.VALUE + solid.VALUE
    if i >= 3:
        import modernpkg.deep

        value += modernpkg.VALUE + modernpkg.deep.VALUE
    if i == 5:
        import helper
        import json.tool
        import lateone
        import zipped

        value += lateone.VALUE + zipped.VALUE + helper.VALUE
        raise ValueError(value)
    return value
PYTHON
echo 'VALUE = 0' > helper.py
printf 'def train(i):\n    import lateone, helper\n    return lateone.VALUE\n' > late.py
for venv in ours other; do
    echo "-- $venv"
    (echo "name: $venv"; echo "python: ../$venv/bin/python3"
        printf 'entry: model.py:train\nsweep: {i: "1:5:1"}\n') > $venv.yaml
    retrial run $venv.yaml -j 1 -q 2> told || echo "exit $?"
    grep -m 1 -o 'the module [a-z]* is not of the recorded code' told
    retrial query "SELECT i, value, reason FROM $venv" --csv
    retrial query "SELECT e.key, e.value FROM agent AS a, json_each(record, '$.python.live') AS e
        WHERE launch = (SELECT max(launch) FROM launch) ORDER BY 1" --csv
    retrial show $venv | grep live_modules | tail -1
    retrial query "SELECT name, version FROM launch_package WHERE name IN ('modernpkg', 'oldpkg')
        AND launch = (SELECT max(launch) FROM launch)" --csv
    sed 's/model.py/late.py/; s/1:5:1/1:2:1/; s/^name: /name: late_/' $venv.yaml > late.yaml
    retrial run late.yaml -j 1 -q 2>&1 | grep module
done
