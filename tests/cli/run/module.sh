# Entries by module: dotted names, packages, beside the study file or in a code root; near misses.
mkdir -p src/nets studies
echo >src/nets/__init__.py
printf 'from .part import half\n\n\ndef train(x):\n    return {"half": half(x), "name": __name__}\n' >src/nets/deep.py
printf 'def half(x):\n    return x / 2\n' >src/nets/part.py
mkdir src/whole
printf 'from nets.part import half\n\n\ndef train(x):\n    return {"half": half(x), "name": __name__}\n' >src/whole/__init__.py
printf 'def train(x):\n    return {"half": x / 2, "name": __name__}\n' >flat.py
study() { # name, entry
    printf 'name: %s\nentry: %s\ncode: [../src]\nsweep: {x: [1, 2]}\n' "$1" "$2" >"studies/$1.yaml"
}
study deep nets.deep:train
study whole whole:train
/usr/bin/python3 -m venv --without-pip --copies other
for name in deep whole; do
    retrial run --store here -j 1 -q studies/$name.yaml
    VIRTUAL_ENV=$PWD/other retrial run --store guest -j 1 -q studies/$name.yaml
    sqlite3 here/index.sqlite "SELECT x, half, name FROM $name"
    sqlite3 guest/index.sqlite "SELECT x, half, name FROM $name"
done
retrial run --store here -j 1 -q flat:train -S x=1,2 --save flat.yaml
grep entry flat.yaml
sqlite3 here/index.sqlite "SELECT x, half, name FROM flat"
for entry in nets.dep:train numpy:sum deep.R:train nets.deep:tran; do
    study wrong $entry
    retrial run --store here -j 1 studies/wrong.yaml 2>&1 || echo "exit $?"
done
