# Python functions, in all three ways that they run: in the embedded interpreter, in one of another build
# that became the template, and in one that each worker starts for itself. What they are given,
# what they give back and what is said of it must be the same to the byte.
cat >values.py <<'PYTHON'
import collections, datetime, enum, fractions, os, struct, sys, threading
import numpy

if "APART" in os.environ:
    threading.Thread(target=threading.Event().wait, daemon=True, name="stays").start()


class Level(enum.IntEnum):
    LOW = 3


class Lists:
    def tolist(self): raise RuntimeError("no list")


class Named(collections.abc.Mapping):
    def __getitem__(self, key): return {"a": 1}[key]
    def __iter__(self): return iter(["a"])
    def __len__(self): return 1


class Mute:
    def __str__(self): raise RuntimeError("mute")


def sink(depth):
    return sink(depth - 1) if depth else 1 / 0


def chain():
    try:
        sink(2)
    except ZeroDivisionError as error:
        raise KeyError("the key") from error


def forge():
    """A whole message of a guest, and a frame of a worker, to all that was inherited."""
    text = b'{"result": {"loss": 666}}'
    output = [os.fstat(fd).st_ino for fd in (1, 2)]
    for fd in map(int, os.listdir("/proc/self/fd")):
        if fd < 3 or not os.path.exists(f"/proc/self/fd/{fd}") or os.fstat(fd).st_ino in output: continue
        for data in (struct.pack("<I", len(text)) + text, b"\0" * 64):
            try:
                os.write(fd, data)
            except OSError:
                pass


VALUES = {
    "int": lambda: 2**53 + 1, "least": lambda: -2**63, "most": lambda: 2**63 - 1, "beyond": lambda: 2**63,
    "real": lambda: 0.1 + 0.2, "tiny": lambda: 5e-324, "nan": lambda: float("nan"), "inf": lambda: float("inf"),
    "zero": lambda: -0.0, "bool": lambda: True, "none": lambda: None, "text": lambda: "text", "list": lambda: [1],
    "empty": lambda: {}, "nested": lambda: {"a": {"b": [1, (2, None)], "c": {}}}, "numbers": lambda: {1: 2, None: 3},
    "enum": lambda: {"level": Level.LOW}, "ordered": lambda: collections.OrderedDict(b=1, a=2),
    "mapping": lambda: Named(), "counter": lambda: collections.Counter("aab"),
    "scalar": lambda: numpy.float32(0.1), "integer": lambda: {"n": numpy.int8(3), "b": numpy.bool_(True)},
    "array": lambda: {"a": numpy.arange(6.0).reshape(2, 3)}, "strange": lambda: {"a": numpy.array([object()])},
    "unicode": lambda: {"é\u2028\U0001f600": "ß\x00\x1b\ud800"}, "half": lambda: {"\ud800": 1}, "zeroes": lambda: {"a\0": 1},
    "twice": lambda: {"a": 1, "A": 2}, "set": lambda: {"a": {1}}, "date": lambda: {"a": [datetime.date(2020, 1, 1)]},
    "fraction": lambda: fractions.Fraction(1, 3), "bytes": lambda: {"a": b"x"}, "class": lambda: Level,
    "lists": lambda: {"a": {"b": Lists()}}, "key": lambda: {Mute(): 1}, "function": lambda: sink,
    "raise": lambda: sink(3), "chain": chain, "mute": lambda: (_ for _ in ()).throw(ValueError(Mute())),
    "assert": lambda: (_ for _ in ()).throw(AssertionError()), "long": lambda: (_ for _ in ()).throw(ValueError("x" * 40000)),
    "syntax": lambda: exec("a b"), "import": lambda: __import__("no_such_module"), "interrupt": lambda: (_ for _ in ()).throw(KeyboardInterrupt()),
    "exit": lambda: sys.exit(), "exit 0": lambda: sys.exit(0), "exit 300": lambda: sys.exit(300), "exit -1": lambda: sys.exit(-1),
    "exit no": lambda: sys.exit(False), "exit yes": lambda: sys.exit(True), "exit text": lambda: sys.exit("a\nb é"), "exit half": lambda: sys.exit("\ud800"),
    "exit mute": lambda: sys.exit(Mute()), "exit real": lambda: sys.exit(2.5), "generator": lambda: (_ for _ in ()),
    "bytes out": lambda: os.write(1, b"\xff\xfe") and os.write(2, b"\x80\n"), "half out": lambda: print("\udc80", end="") or 1,
    "cut out": lambda: sys.stdout.close() or 1, "forge": lambda: forge() or {"loss": 0.5},
}


def values(kind): return VALUES[kind]()
PYTHON
cat >forms.py <<'PYTHON'
import os, random, sys, threading

if "APART" in os.environ:
    threading.Thread(target=threading.Event().wait, daemon=True, name="stays").start()


def whole(params, trial, seed):
    import numpy
    return {"keys": ",".join(sorted(params)), "type": isinstance(params, dict), "nested": params["o"]["x"] + params["o"]["y"],
            "trial": repr(trial).partition(".")[2], "replicate": trial.replicate, "same": seed == trial.seed, "random": random.random(),
            "numpy": float(numpy.random.rand()), "cwd": os.path.basename(os.getcwd()), "argv": os.path.basename(sys.argv[0]),
            "name": __name__, "path": os.path.basename(sys.path[0]), "threads": os.environ["OMP_NUM_THREADS"]}
def single(config): return config["a"]
def keywords(a, o, *, k="default", l=None): return {"a": repr(a), "o": repr(sorted(o.items())), "k": k, "l": repr(l)}
def anything(**rest): return {"rest": repr(sorted(rest))}
def merged(params):
    mine = {"a": 1, "lr": 0.5}
    mine.update(params)
    return {"a": mine["a"]}
def unread(params): return {"a": params["a"]}
def given(v): return {"v": repr(v), "type": type(v).__name__}
def wrong(a, oo): return 1
def more(a, o, needed): return 1
number = 3
PYTHON
cat >values.yaml <<YAML
sweep: {kind: [$(/usr/bin/python3 -c 'import values; print(", ".join(values.VALUES))')]}
YAML
echo 'params: {o: {x: 1, y: 2}}
sweep: {a: [1, 2.5]}
replicates: 2' >plain.yaml
echo 'sweep: {v: [0, -1, 9007199254740993, 1.0, 1e300, 0.1, true, null, "", "1", "é\u2028😀\u0001\"\\", [], [1, [2.0]], {}, {a: {b: null}}]}' >given.yaml
/usr/bin/python3 -m venv --without-pip --copies --system-site-packages other
cat >told.py <<'PYTHON'
# What `retrial show --json` tells of trials, without what must differ.
import json, re, sys

decoder, text, whole = json.JSONDecoder(), sys.stdin.read(), sys.argv[1] == "whole"
while text.strip():
    trial, end = decoder.raw_decode(text.lstrip())
    text = text.lstrip()[end:]
    for attempt in trial["attempts"]:
        told = [attempt[key] for key in ("outcome", "exit_status", "seed")] if whole else [attempt["outcome"]]
        reason = re.sub(r"/tmp/retrial-[^/]*/", "", attempt.get("reason", ""))
        told += [attempt.get("result", reason if whole else reason.split("\n")[-1][:100])]
        told += [attempt[key] for key in ("stdout", "stderr")] if whole else []
        print(json.dumps([*trial["params"].values(), *told]))
PYTHON
run() { # way
    store=$function.$1
    [ "$1" = embedded ] || export VIRTUAL_ENV=$PWD/other
    [ "$1" != apart ] || export APART=yes
    retrial run --store $store -j 1 -q study.yaml 2>err || echo "exit $?"
    unset VIRTUAL_ENV APART
    grep -v 'imports the entry by itself' err | grep '^retrial run:\|^warning' || true
    for trial in $(retrial query --store $store --csv 'SELECT trial FROM work ORDER BY ordinal' 2>err | tail -n +2); do
        retrial show --store $store --json "$trial"
    done >"$1.json"
    /usr/bin/python3 told.py whole <"$1.json"
}
for function in values whole single keywords anything merged unread given wrong more number absent; do
    base=plain.yaml
    file=forms.py
    [ ! -e $function.yaml ] || base=$function.yaml
    [ $function != values ] || file=values.py
    echo "{name: work, extends: $base, entry: $file:$function}" >study.yaml
    ways="embedded guest"
    case $function in values|whole|keywords|given) ways="$ways apart" ;; esac
    for way in $ways; do
        run $way >$way.told
        [ $way = embedded ] || diff embedded.told $way.told || true
    done
    echo "$function: $(sqlite3 $store/index.sqlite "SELECT record ->> '$.python.unshared' FROM agent")"
    grep -v '^\[' embedded.told || true
    /usr/bin/python3 told.py short <embedded.json
done
