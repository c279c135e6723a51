# Trials of code that git makes difficult: work trees, repositories in repositories, filters, variables
# of git, names that are no text, links, and extension modules that are built in place.
export GIT_CONFIG_GLOBAL=$HOME/gitconfig
git config --global user.name a
git config --global user.email a@b
git config --global init.defaultBranch main
git config --global advice.detachedHead false
model() { # the expression that is the result
    printf 'import os\n\n\ndef train(i):\n    return %s\n' "$1" > model.py
}
run() { # what it is; in its folder
    store=$HOME/stores/$1
    printf 'name: s\nentry: model.py:train\nsweep: {i: [1]}\n%s\n' "${more:-}" > s.yaml
    retrial run s.yaml -q --store "$store" 2>&1
    echo "$1: $(retrial query 'SELECT value FROM s' --csv --store "$store" | tail -1)"
    retrial query --csv --store "$store" "SELECT root, name, \"commit\" IS NOT NULL AS has_commit, branch,
        dirty, reason, record ->> '$.linked' AS linked FROM code_root" | tail -n +2
}
mkdir "$HOME/stores" repo && cd repo
git init -q .
model 1
git add -A && git commit -qm first

git worktree add -q ../tree -b side # whose .git is a file
cd ../tree
run worktree
model 2
run dirty_worktree

cd .. && mkdir -p mono/apps/noise mono/libs && cd mono
git init -q .
echo 'V = 3' > libs/shared.py
git add -A && git commit -qm first
cd apps/noise
model 3
run untracked_subfolder
git add model.py && git commit -qm second
run subfolder
printf 'import sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "libs"))\n' > path.txt
sed -i '1r path.txt' model.py && rm path.txt
sed -i 's/return 3/return __import__("shared").V + 1/' model.py
cd ../..
cp apps/noise/model.py model.py # the root is the whole repository
sed -i 's/"..", "..", //' model.py
run whole

cd .. && mkdir nest && cd nest
git init -q .
git clone -q ../repo inner 2> /dev/null # no submodule
echo 'inner/model.txt' > inner/.gitignore
echo 6 > inner/model.txt
model 'int(open("inner/model.txt").read()) + __import__("inner.model").model.train(0)'
git add model.py && git commit -qm first
run nested

cd .. && mkdir filters && cd filters
git init -q .
git config filter.upper.clean 'tr a-z A-Z; touch '"$HOME/filter_ran"
git config filter.upper.smudge 'tr A-Z a-z; touch '"$HOME/filter_ran"
printf '*.up filter=upper\n*.crlf text eol=crlf\n*.lfs filter=lfs diff=lfs merge=lfs -text\n' > .gitattributes
printf 'aBc' > x.up
printf 'a\r\nb\r\n' > x.crlf
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12\n' 0 > x.lfs
model '{"value": open("x.up").read() + " %d %d" % (len(open("x.crlf", "rb").read()), len(open("x.lfs").read()))}'
git add -A 2> /dev/null && git commit -qm first && rm -f "$HOME/filter_ran"
printf 'the big file' > x.lfs # as git lfs pull leaves it
run filters
[ ! -e "$HOME/filter_ran" ] || echo "a filter ran"

cd .. && mkdir -p names/"with space" && cd names
git init -q .
echo 1 > "with space/a b.txt"
echo 2 > $'new\nline.txt'
echo 3 > $'bytes\xff\xfe.txt'
echo 4 > '-dash "quote" $dollar.txt'
echo 5 > $'\u00fcml\u00e4ut.txt'
ln -s "with space/a b.txt" link.txt
ln -s "with space" folder
ln -s nowhere dangling
ln -s loop loop
ln -s "$PWD/../outside" absolute
echo 7 > ../outside
mkfifo pipe
cat > model.py <<'PYTHON'
import os


def read(name):
    with open(name) as file:
        return int(file.read())


def train(i):
    names = [b"with space/a b.txt", b"new\nline.txt", b"bytes\xff\xfe.txt", b"link.txt", b"absolute",
             b'-dash "quote" $dollar.txt', "\u00fcml\u00e4ut.txt".encode(), b"folder/a b.txt"]
    assert os.path.islink("dangling") and os.path.islink("loop") and not os.path.exists("pipe")
    return {"value": "+".join(str(read(name)) for name in names)}
PYTHON
run names
git add -A && git commit -qm first
run tracked_names

cd ../repo # what a hook of git, or a script, leaves behind
export GIT_DIR=$HOME/nowhere GIT_WORK_TREE=/ GIT_INDEX_FILE=$HOME/no_index
model 8
run variables_of_git
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
git clone -q --bare . ../bare.git
cd ../bare.git
model 9
run bare

cd .. && mkdir built && cd built
git init -q .
printf '*.so\nbuild/\n' > .gitignore
c_module() { # its value
    cat > fast.c <<C
#include <Python.h>
static struct PyModuleDef fast = {PyModuleDef_HEAD_INIT, "fast", NULL, -1, NULL};
PyMODINIT_FUNC PyInit_fast(void)
{
    PyObject *module = PyModule_Create(&fast);
    PyModule_AddIntConstant(module, "VALUE", $1);
    return module;
}
C
    gcc -shared -fPIC -I"$(/usr/bin/python3 -c "import sysconfig; print(sysconfig.get_path('include'))")" \
        -o new.so fast.c
    mv new.so fast.so
}
c_module 10
cat > model.py <<'PYTHON'
import os
import time

import fast


def train(i):
    if i == 2:
        open(os.environ["HERE"] + "/started", "w").close()
        while not os.path.exists(os.environ["HERE"] + "/go"):
            time.sleep(0.01)
    return fast.VALUE
PYTHON
printf 'name: built\nentry: model.py:train\nsweep: {i: [1, 2, 3]}\n' > built.yaml
git add -A && git commit -qm first
mkdir "$HOME/flags"
HERE=$HOME/flags retrial run built.yaml -j 1 -q 2> "$HOME/told" &
until [ -e "$HOME/flags/started" ]; do sleep 0.02; done
c_module 20
touch "$HOME/flags/go"
wait $!
retrial query 'SELECT i, value FROM built ORDER BY i' --csv
retrial query "SELECT record ->> '$.linked' AS linked FROM code_root" --csv
retrial query "SELECT record ->> '$.python.live.fast' AS live FROM agent" --csv
grep -o 'the module fast is not of the recorded code' "$HOME/told"
