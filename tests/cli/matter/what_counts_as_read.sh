# What a Python model does with the dict that it gets, and what is noted: with the embedded
# interpreter, and with one of another build. Each way to read has a nested dict of its own.
. "$SOURCE/tests/cli/findings.bash"
cat >model.py <<'PYTHON'
import argparse, collections, copy, dataclasses, functools, json, operator, pickle, types

try:
    import yaml
except ImportError:  # the other interpreter has none
    yaml = None

@dataclasses.dataclass
class Config:
    x: int
    y: int

DEFAULTS = {"x": 0, "y": 0}

def parse(p):
    parser = argparse.ArgumentParser()
    parser.add_argument("--x")
    parser.set_defaults(**p)
    return parser.parse_args([])

def set_attributes(p):
    for key in p:
        setattr(types.SimpleNamespace(), key, p[key])

WAYS = {
    "subscript": lambda p: p["x"],
    "get": lambda p: p.get("x", 0),
    "get_missing": lambda p: p.get("missing", 7),
    "pop": lambda p: p.pop("x"),
    "setdefault": lambda p: p.setdefault("x", 5),
    "contains": lambda p: "x" in p,
    "percent": lambda p: "%(x)d" % p,
    "format_map": lambda p: "{x}".format_map(p),
    "chain": lambda p: collections.ChainMap({}, p)["x"],
    "iterate": lambda p: [key for key in p],
    "keys": lambda p: list(p.keys()),
    "values": lambda p: list(p.values()),
    "items": lambda p: dict(p.items()),
    "reverse": lambda p: list(reversed(p)),
    "popitem": lambda p: p.popitem(),
    "make": lambda p: dict(p),
    "copy": lambda p: p.copy(),
    "copy_copy": lambda p: copy.copy(p),
    "deepcopy": lambda p: copy.deepcopy(p),
    "pickle": lambda p: pickle.loads(pickle.dumps(p)),
    "update": lambda p: {"x": 0, "y": 0}.update(p),
    "star": lambda p: (lambda **k: k)(**p),
    "dict_star": lambda p: dict(**p),
    "display": lambda p: {**p},
    "merge": lambda p: {} | p,
    "merge_left": lambda p: p | {},
    "equal": lambda p: p == {"x": 1, "y": 2},
    "equal_right": lambda p: {"x": 1, "y": 2} == p,
    "json": lambda p: json.dumps(p),
    "json_indent": lambda p: json.dumps(p, indent=1),
    "yaml": lambda p: yaml.safe_load(yaml.safe_dump(p)) if yaml else dict(p),
    "yaml_dump": lambda p: yaml.safe_load(yaml.dump(p)) if yaml else dict(p),
    "print": lambda p: repr(p),
    "length": lambda p: len(p) and bool(p),
    "write": lambda p: p.update(z=3) or p.__setitem__("y", 4),
    "leave": lambda p: isinstance(p, dict),
    "dataclass": lambda p: Config(**p),
    "namespace": lambda p: argparse.Namespace(**p).x,
    "argparse": parse,
    "set_attributes": set_attributes,
    "partial": lambda p: functools.partial(Config, **p)(),
    "itemgetter": lambda p: operator.itemgetter("x")(p),
    "map_get": lambda p: list(map(p.get, ["x"])),
    "known_only": lambda p: {key: p.get(key, value) for key, value in DEFAULTS.items()},
    "proxy": lambda p: types.MappingProxyType(p)["x"],
    "ordered": lambda p: collections.OrderedDict(p),
    "userdict": lambda p: collections.UserDict(p)["x"],
    "sorted": lambda p: sorted(p),
    "zipped": lambda p: list(zip(p, p)),
    "key_set": lambda p: p.keys() & {"x"},
    "format_star": lambda p: "{x}".format(**p),
    "format_item": lambda p: "{0[x]}".format(p),
    "evaluate": lambda p: eval("x", {}, p),
    "type_dict": lambda p: type("T", (), dict(p)),
    "fromkeys": lambda p: dict.fromkeys(p),
}

def match(p):
    match p:
        case {"x": value}:
            return value

WAYS["match"] = match
WANT = {"x": 1, "y": 2}

def train(params):
    for name in ("copy", "copy_copy", "deepcopy", "pickle", "make", "star", "dict_star", "display",
                 "merge", "merge_left", "items", "yaml", "yaml_dump"):
        got = WAYS[name](params[name])
        assert type(got) is dict and got == WANT, (name, got)
    for name, way in WAYS.items():
        way(params[name])
    whole = params["write"]
    assert dict(whole) == {"x": 1, "y": 4, "z": 3} and len(whole) == 3, whole
    assert params["leave"].pop("none", 9) == 9 and params["leave"].get("none") is None
    for wrong in (lambda: params["none"], lambda: params["leave"].pop("none"),
                  lambda: params["leave"].get(), lambda: {params: 1}):
        try:
            wrong()
        except (KeyError, TypeError):
            continue
        assert False, "no exception"
    return 1.0
PYTHON
/usr/bin/python3 - >study.yaml <<'PYTHON'
import model
params = ", ".join(f"{name}: {{x: 1, y: 2}}" for name in model.WAYS)
print(f"name: ways\nentry: model.py:train\nparams: {{{params}, never: {{x: 1}}, \"\\\"; --\": 1}}")
PYTHON
ask() {
    sqlite3 .retrial/index.sqlite "SELECT key FROM model_read
        WHERE key LIKE '%.%' OR key = '*' OR key = 'never'"
}
/usr/bin/python3 -m venv --without-pip --copies other
retrial run study.yaml 2>&1 | grep -v 'done' | in_the_end
ask >here.txt
rm -r .retrial
VIRTUAL_ENV=$PWD/other retrial run study.yaml 2>&1 | grep -v 'done' | in_the_end
ask >guest.txt
cat here.txt
diff here.txt guest.txt && echo the guest says the same

echo "-- keywords, defaults that are brought up to date, nested params, libraries in C"
mkdir omegaconf
touch omegaconf/__init__.py
echo 'def is_primitive_dict(value): return type(value) is dict' > omegaconf/_utils.py
echo 'def dumps(value): return dict.get(value, "lr")' > orjson.py # as if it were in C
cat > more.py <<'PYTHON'
def some_keywords(lr, **rest):
    return lr

def all_keywords(**params):
    return params["lr"]

def updated(params):
    merged = {"lr": 0.1, "noise": 0}
    merged.update(params)
    return merged["lr"] + merged["noise"]

def known_only(params):
    defaults = {"lr": 0.1, "noise": 0}
    merged = {key: params.get(key, value) for key, value in defaults.items()}
    return merged["lr"] + merged["noise"]

def nested(params):
    return params["lr"] * params["opt"]["momentum"] + ("sigma" in params["opt"]["deep"])

def in_c(params):
    import orjson
    return orjson.dumps(params)

def past_methods(params):
    return dict.get(params, "lr")

def omega(params):
    from omegaconf._utils import is_primitive_dict
    assert is_primitive_dict(params) and is_primitive_dict({}) and not is_primitive_dict([])
    return params["lr"] + params["noisy"]
PYTHON
for python in /usr/bin/python3 other/bin/python3; do
    for function in some_keywords all_keywords updated known_only nested in_c past_methods omega; do
        {
            printf 'name: %s\nentry: more.py:%s\npython: %s\n' $function $function $python
            printf 'params: {lr: 0.5, opt: {momentum: 0.9, unused: 1, deep: {sigma: 1, tau: 2}}}\n'
            printf 'sweep: {noisy: [1, 2, 3, 4]}\n'
        } > more.yaml
        retrial run more.yaml -q 2>&1 | in_the_end | sed "s/^/$function: /"
    done > "$HOME/$(basename "${python%/bin/*}").txt"
    rm -r .retrial
done
cat "$HOME/usr.txt"
diff "$HOME/usr.txt" "$HOME/other.txt" && echo the guest says the same

echo "-- in processes that a model forks"
cat > forks.py <<'PYTHON'
import multiprocessing, os

def child(params):
    if params["noisy"] > 0 and params.get("deep", {}).get("x", 0) >= 0:
        os._exit(0)

def train(params):
    context = multiprocessing.get_context("fork")
    for i in range(3):
        process = context.Process(target=child, args=(params,))
        process.start()
        process.join()
    return params["lr"]
PYTHON
for python in /usr/bin/python3 other/bin/python3; do
    printf 'name: forks\nentry: forks.py:train\npython: %s\nparams: {lr: 0.5, deep: {x: 1, y: 2}, unread: 1}\n' $python > forks.yaml
    echo 'sweep: {noisy: [1, 2]}' >> forks.yaml
    retrial run forks.yaml -q 2>&1 | in_the_end
    sqlite3 .retrial/index.sqlite 'SELECT group_concat(key, " ") FROM (SELECT key FROM model_read ORDER BY 1)'
    rm -r .retrial
done
