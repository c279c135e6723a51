# The record of every trial, against values computed here from the definitions in docs/plan.md,
# docs/canonical-json.md and docs/code-state.md alone: params, seed, key by component, code state; in
# `retrial show --json` and in the index, which tell of every attempt.
mkdir -p project/lib
cat >project/model.py <<'PYTHON'
import random
from lib.scale import SCALE

def train(params, trial):
    if params["opt"]["lr"] > 0.25 and trial.attempt == 1:
        raise ValueError("not at first")
    return {"loss": SCALE * random.random() + params["units"], "seed_given": trial.seed}
PYTHON
echo 'SCALE = 0.5' >project/lib/scale.py
printf '#!/bin/sh\nexit 0\n' >project/helper.sh
chmod +x project/helper.sh
ln -s lib/scale.py project/link
echo 'a,b' >project/data.csv
cat >project/base.yaml <<'YAML'
entry: model.py:train
code: [.]
params: {epochs: 3, opt: {name: "söme \"text\"\n"}, tiny: 0.00001}
replicates: 2
seed: 9
each: {threads: 1}
limits: {retries: 1}
YAML
git() { command git -c user.name=t -c user.email=t@example.org "$@"; }
(cd project && git init -q -b main && git add model.py lib helper.sh link && git commit -qm one)
study() { # name, what is swept
    { echo "name: $1"; grep -v "^${3:-none}" project/base.yaml; echo "$2"; } >project/$1.yaml
    (cd project && retrial run $1.yaml -j 2 --store "$PWD/../store" 2>../$1.log) || cat $1.log
}
study swept 'sweep: {opt.lr: {from: 0, to: 0.3, step: 0.1}, units: [1, 2]}'
echo 'SCALE = 0.25' >project/lib/scale.py
study zipped 'sweep: {zip: {opt.lr: [1.0e-7, 0.3, 1.0e+22], units: [1, 2, 3]}, flag: [true, null]}'
study drawn 'sample: {opt.lr: "loguniform(1e-3, 0.3)", units: "int(16, 512)", x: "uniform(-1, 2)", act: "choice(relu, tanh)"}
samples: 5'
study listed 'list: [{opt.lr: 0.1, units: 1}, {units: 2, opt.lr: 0.2, extra: [1, {}]}]'
study apart 'seed: per-trial
sweep: {opt.lr: [0.1, 0.3], units: {from: 1, to: 3, step: 1}}' seed
for name in swept zipped drawn listed apart; do
    for trial in $(retrial query --store store --csv "SELECT trial FROM $name" | sed 1d); do
        retrial show --store store --json "$trial" >"$name.${trial#*.}.json"
    done
done
cat >check.py <<'PYTHON'
import hashlib, json, os, sqlite3, stat, struct, subprocess, sys

NAMES = ["entry", "code", "params", "inputs", "seed", "environment", "threads"]
sha = lambda data: hashlib.sha256(data).digest()
text = lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
listed = lambda items: sha(b"".join(struct.pack("<Q", len(i)) + i for i in items))
db = sqlite3.connect("file:store/index.sqlite?mode=ro", uri=True)
db.row_factory = sqlite3.Row

def draw(axis, seed, level):
    h = int.from_bytes(sha(b"retrial sample\0" + struct.pack("<QQ", seed, level) +
                           axis["key"].encode())[:8], "little")
    u = (h >> 11) / 2.0**53
    kind = axis["sample"]
    if kind == "choice":
        return axis["values"][h * len(axis["values"]) >> 64]
    low, high = axis["from"], axis["to"]
    if kind == "int":
        return int(low) + (h * (int(high) - int(low) + 1) >> 64)
    low, high = float(low), float(high)
    return low + u * (high - low) if kind == "uniform" else low * (high / low) ** u

def value(axis, seed, level):
    """The value and whether the key is there."""
    from fractions import Fraction
    if "sample" in axis:
        return draw(axis, seed, level), True
    if "values" in axis:
        return axis["values"][level], level not in axis.get("absent", [])
    exact = Fraction(axis["from"]) + level * Fraction(axis["step"])
    return (int(exact) if axis["kind"] == "int" else float(exact)), True

def point(plan, number):
    """Params and replicate of a point."""
    count = lambda axis: axis["count"] if "count" in axis else len(axis["values"])
    strides, levels, groups = [], 1, {}
    leaders = [next((j for j, a in enumerate(plan["axes"]) if "zip" in a and a["zip"] == axis.get("zip")), i)
               for i, axis in enumerate(plan["axes"])]
    for i in reversed(range(len(leaders))):
        if leaders[i] == i:
            groups[i] = levels
            levels *= count(plan["axes"][i])
    params = json.loads(json.dumps(plan["params"]))
    for leader, axis in zip(leaders, plan["axes"]):
        got, there = value(axis, plan["seed"], number % levels // groups[leader] % count(axis))
        *above, last = axis["key"].split(".")
        at = params
        for name in above:
            at = at.setdefault(name, {})
        if there:
            at[last] = got
    return params, number // levels + 1

def close(a, b):
    """Equal; drawn reals to the last digit but one, as pow() differs between libraries."""
    if isinstance(a, float) and isinstance(b, float):
        return a == b or abs(a - b) < 4e-16 * max(abs(a), abs(b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b

def seed_of(plan, replicate, params):
    per_trial = plan["seeds"] == "per-trial"
    data = b"retrial seed " + plan["seeds"].encode() + b"\0" + struct.pack("<QQ", plan["seed"], replicate)
    return int.from_bytes(sha(data + (text(params).encode() if per_trial else b""))[:4], "little")

def code_state(folder, scale):
    """docs/code-state.md, of the files that are code here; lib/scale.py as it was then."""
    found = {}
    for name in ["model.py", "lib/scale.py", "helper.sh", "link", "data.csv"]:
        path = os.path.join(folder, name)
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            found[name] = ("120000", os.readlink(path).encode())
        else:
            data = open(path, "rb").read() if name != "lib/scale.py" else scale
            found[name] = ("100755" if mode & 0o100 else "100644", data)
    digest = hashlib.sha256(b"retrial code 1\0")
    for name, (mode, data) in sorted(found.items(), key=lambda item: f"project/{item[0]}".encode()):
        digest.update(f"project/{name}".encode() + b"\0" + mode.encode() + b"\0" + sha(data))
    return digest.hexdigest()

def inputs_of(plan):
    return sha(text(plan["inputs"]).encode() if "inputs" in plan else b"{}")

def environment_of(shown):
    """docs/plan.md, of the agent that ran the attempt that stands for the trial."""
    decides = next(a for a in shown["attempts"] if a["decides"])
    record, = db.execute("SELECT record FROM agent WHERE launch = ? AND rank = ?",
                         (decides["launch"], decides["rank"])).fetchone()
    record = json.loads(record)
    found = {"python": record["python"]["build"], "packages": record["python"]["packages"]["sha256"]}
    if record["modules"]:
        found["modules"] = record["modules"]
    same("environment", sha(text(found).encode()).hex(), decides["environment"])
    return sha(text(found).encode())

def components(plan, params, seed, environment):
    return [listed([text(plan["entry"]).encode(), plan["root"].encode()]), bytes.fromhex(plan["code"]),
            sha(text(params).encode()), inputs_of(plan), sha(str(seed).encode()), environment,
            sha(str(plan["each"]["threads"]).encode())]

def same(what, a, b):
    assert a == b, (what, a, b)

def check_attempts(name, ordinal, shown, params, seed):
    rows = db.execute(f'SELECT * FROM "{name}.attempts" WHERE ordinal = ? ORDER BY attempt', (ordinal,)).fetchall()
    late = params["opt"]["lr"] > 0.25
    same("attempts", [(a["attempt"], a["outcome"], a["decides"]) for a in shown["attempts"]],
         [(1, "failed", False), (2, "ok", True)] if late else [(1, "ok", True)])
    for attempt, row in zip(shown["attempts"], rows, strict=True):
        for key in ["attempt", "outcome", "launch", "rank", "host", "worker", "position", "pid", "seed",
                    "started", "seconds", "user_seconds", "system_seconds", "max_rss_kib"]:
            same(key, attempt[key], row[key])
        same("seed", attempt["seed"], seed)
        if attempt["outcome"] == "ok":
            same("seed given", attempt["result"]["seed_given"], seed)
        else:
            assert "not at first" in attempt["reason"] and row["reason"] in attempt["reason"], dict(row)

def check(name, scale, dirty):
    plan_row = db.execute('SELECT p.* FROM plan AS p JOIN study AS s USING (study, revision) WHERE s.name = ?',
                          (name,)).fetchone()
    plan = json.loads(plan_row["plan"])
    commit = subprocess.run(["git", "-C", "project", "rev-parse", "HEAD"], capture_output=True,
                            text=True).stdout.strip()
    same("code", plan["code"], code_state("project", scale))
    number = 0
    for row in db.execute(f'SELECT * FROM "{name}" ORDER BY ordinal').fetchall():
        shown = json.load(open(f"{name}.{row['ordinal']}.json"))
        params, replicate = point(plan, number)
        assert close(params, shown["params"]), (params, shown["params"])
        params = shown["params"]
        seed = seed_of(plan, replicate, params)
        parts = components(plan, params, seed, environment_of(shown))
        same("replicate", (row["replicate"], shown["replicate"]), (replicate, replicate))
        same("seed", (row["seed"], shown["seed"]), (seed, seed))
        same("components", shown["components"], {n: p.hex() for n, p in zip(NAMES, parts)})
        same("key", shown["key"], listed(parts).hex())
        for column, part in zip(NAMES, parts):
            if column not in ("code", "params", "seed", "environment"):
                same(column, plan_row["key_" + column], part.hex())
        same("index", (row["opt.lr"], row["units"], row["epochs"]),
             (params["opt"]["lr"], params["units"], params["epochs"]))
        root = shown["code"]["roots"][0]
        same("root", (shown["code"]["code"], root["commit"], bool(root["dirty"])), (plan["code"], commit, dirty))
        check_attempts(name, row["ordinal"], shown, params, seed)
        number += 1
    print(name, number, "trials are as computed")

check("swept", b"SCALE = 0.5\n", True)
check("zipped", b"SCALE = 0.25\n", True)
check("drawn", b"SCALE = 0.25\n", True)
check("listed", b"SCALE = 0.25\n", True)
check("apart", b"SCALE = 0.25\n", True)
PYTHON
/usr/bin/python3 check.py
