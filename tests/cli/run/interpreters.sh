# Which interpreter runs, and what is said of one that is not there, is none, or cannot share its import.
cat >model.py <<'PYTHON'
import os, sys
VARIABLES = ("PYTHONPATH", "PYTHONHOME", "PYTHONHASHSEED", "PYTHONIOENCODING", "PYTHONDONTWRITEBYTECODE")
def work(x):
    return {
        "twos": sum("python2.7" in path for path in sys.path),
        "mine": sum(path == "/opt/mine" for path in sys.path),
        "here": sys.path[0] == os.path.dirname(__file__) and "" not in sys.path,
        "order": "".join({"a", "b", "c", "d"}),
        "variables": " ".join(f"{name}={os.environ.get(name)}" for name in VARIABLES),
        "code": len([name for name in os.listdir(os.path.dirname(__file__)) if "pycache" in name]),
    }
PYTHON
mkdir empty
for name in venv conda; do /usr/bin/python3 -m venv --without-pip --copies "$HOME/$name"; done
unset PYTHONDONTWRITEBYTECODE PYTHONIOENCODING PYTHONHASHSEED
touch json.py struct.py importlib.py # names of the standard library in the folder of the study
echo '{name: work, entry: model.py:work, sweep: {x: [1]}}' >study.yaml
run() {
    retrial run --store "$1" -j 1 -q ${2:-study.yaml} || { echo "exit $?"; return 0; }
    sqlite3 "$1/index.sqlite" "SELECT record ->> '\$.python.executable', record ->> '\$.python.unshared' FROM agent"
    sqlite3 -line "$1/index.sqlite" "SELECT twos, mine, here, code, \"order\", variables FROM work" >"$HOME/$1.told"
}
exec 2>&1
CONDA_PREFIX=$HOME/conda run conda-only
CONDA_PREFIX=$HOME/conda VIRTUAL_ENV=$HOME/venv run both
CONDA_PREFIX=$PWD/empty run without-python
CONDA_PREFIX=$PWD/gone run no-conda
VIRTUAL_ENV=$PWD/gone run no-venv
export PYTHONPATH=/usr/lib/python2.7:/opt/mine PYTHONHOME=/nowhere
run embedded
VIRTUAL_ENV=$HOME/venv run guest
mkdir modules
cp "$BUILD/lib/retrial/retrial-python.so" modules
RETRIAL_MODULES=$PWD/modules VIRTUAL_ENV=$HOME/venv run missing
echo "no module" >modules/retrial-guest.so
RETRIAL_MODULES=$PWD/modules VIRTUAL_ENV=$HOME/venv run broken
unset PYTHONPATH PYTHONHOME
cat "$HOME/embedded.told"
for way in guest missing broken; do cmp "$HOME/embedded.told" "$HOME/$way.told"; done
# An interpreter may be a script that runs one; what else is named there is told.
printf '#!/bin/sh\nexec %s/venv/bin/python3 "$@"\n' "$HOME" >wrapper
printf '#!/bin/sh\necho Usage\nexit 3\n' >other
chmod +x wrapper other
for python in ./wrapper ./gone ./other no-such-python /etc/passwd /bin/false; do
    echo "{extends: study.yaml, name: work, python: $python}" >named.yaml
    run named named.yaml
    rm -rf named
done
# One that is gone when the study goes on.
echo "{extends: study.yaml, name: work, python: $HOME/conda/bin/python3, sweep: {x: [1, 2]}}" >more.yaml
echo "{extends: study.yaml, name: work, python: $HOME/conda/bin/python3}" >named.yaml
run first named.yaml
rm -r "$HOME/conda"
run first more.yaml
