# A module that is imported from past the snapshot is told of, once, and recorded.
mkdir -p project/src/pkg
cd project
cat > model.py <<'PYTHON'
import helper
import pkg.part


def train(i):
    return pkg.part.VALUE + helper.VALUE
PYTHON
echo 'VALUE = 1' > helper.py
touch src/pkg/__init__.py
echo 'VALUE = 10' > src/pkg/part.py
printf 'name: live\nentry: model.py:train\nsweep: {i: [1, 2, 3]}\n' > live.yaml
git init -q .
# As an editable install: a folder on the path that leads to the sources.
PYTHONPATH=$PWD/src retrial run live.yaml -q 2>&1
retrial query "SELECT record ->> '$.python.live' AS live FROM agent" --csv
retrial query 'SELECT value FROM live' --csv

retrial show live | grep live_modules

echo "the recorded one, put first"
sed -i '1i import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), "src"))' model.py
PYTHONPATH=$PWD/src retrial run live.yaml -q 2>&1

echo "an extension module that is built in place"
echo '*.so' > .gitignore
cat > fast.c <<'C'
#include <Python.h>
static struct PyModuleDef fast = {PyModuleDef_HEAD_INIT, "fast", NULL, -1, NULL};
PyMODINIT_FUNC PyInit_fast(void)
{
    PyObject *module = PyModule_Create(&fast);
    PyModule_AddIntConstant(module, "VALUE", 7);
    return module;
}
C
gcc -shared -fPIC -I"$(python3 -c "import sysconfig; print(sysconfig.get_path('include'))")" -o fast.so fast.c
printf 'import fast\n\n\ndef train(i):\n    return fast.VALUE\n' > built.py
printf 'name: built\nentry: built.py:train\nsweep: {i: [1]}\n' > built.yaml
retrial run built.yaml -q 2>&1
retrial query 'SELECT value FROM built' --csv
