# What an interpreter of another build loads brings no library with it that its packages may need in a
# version of their own, and needs nothing of Python but its stable ABI (docs/adr/0005).
module=$BUILD/lib/retrial/retrial-guest.so
! readelf -d "$module" | grep -E 'lib(a|t)san' || { echo "skipped: built with a sanitizer"; exit 77; }
readelf -d "$module" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort
readelf -W --dyn-syms "$module" | awk '$7 != "UND" && $5 == "GLOBAL" {print $8}'
cat >symbols.py <<'PYTHON'
import subprocess, sys
text = subprocess.run(["readelf", "-W", "--dyn-syms", sys.argv[1]], capture_output=True, text=True).stdout
names = {f[7].split("@")[0] for f in map(str.split, text.splitlines()) if len(f) > 7 and f[6] == "UND"}
private = {name for name in names if name.startswith("_Py")}
print(sorted(private - {"_PyArg_ParseTuple_SizeT", "_PyObject_CallFunction_SizeT",
                        "_PyObject_CallMethod_SizeT", "_Py_Dealloc", "_Py_NoneStruct"}))
PYTHON
/usr/bin/python3 symbols.py "$module"
