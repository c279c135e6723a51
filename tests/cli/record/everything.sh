# Everything that is to be recorded of trials, attempts and launches is there, in `show --json` and in
# the index, and docs/schema.md names every column. Fake hosts and jobs stand for what tests lack.
mkdir code && cd code
git init -q . && git config user.name a && git config user.email a@b
cat > model.py <<'PYTHON'
import os
import sys


def train(lr, fate, seed):
    print("out", lr)
    print("err", fate, file=sys.stderr)
    if fate == "raise":
        raise ValueError("no good")
    if fate == "crash":
        os.kill(os.getpid(), 9)
    if fate == "exit":
        sys.exit(3)
    return {"loss": lr, "seed_seen": seed}
PYTHON
git add -A && git commit -qm first
echo '# edited' >> model.py
cat > all.yaml <<'YAML'
name: all
entry: model.py:train
sweep: {lr: [0.1, 0.2], fate: [fine, raise, crash, exit]}
replicates: 2
seed: {base: 7, per: trial}
objective: {minimize: loss}
limits: {retries: 1}
each: {threads: 2}
YAML
mkdir -p "$HOME/machine/proc/driver/nvidia/gpus/0000:07:00.0"
printf 'Model: \t\t NVIDIA A100\nGPU UUID: \t GPU-07\n' > "$HOME/machine/proc/driver/nvidia/gpus/0000:07:00.0/information"
echo 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19' > "$HOME/machine/proc/driver/nvidia/version"
printf 'MemTotal:       8388608 kB\nMemAvailable:   4194304 kB\n' > "$HOME/machine/proc/meminfo"
env RETRIAL_HOST_ROOT="$HOME/machine" SLURM_JOB_ID=4711 LOADEDMODULES=gcc/12.2 OMP_PLACES=cores WANDB_API_KEY=hide-me \
    retrial run all.yaml -j 1 -q --store "$HOME/store" 2> "$HOME/told" || echo "exit $?"
cat > "$HOME/look.py" <<'PYTHON'
import hashlib, json, os, re, sqlite3, subprocess, sys

store = os.environ["HOME"] + "/store"
show = lambda what: json.loads(subprocess.check_output(["retrial", "show", what, "--json", "--store", store]))
index = sqlite3.connect(f"file:{store}/index.sqlite?mode=ro", uri=True)
index.row_factory = sqlite3.Row
rows = lambda sql, *values: [dict(row) for row in index.execute(sql, values)]
wrong = []

def check(what, holds):
    if not holds:
        wrong.append(what)

study = show("all")
launch, = study["launches"]
agent, = study["agents"]
record, = [json.loads(row["record"]) for row in rows("SELECT record FROM launch")]
ranks = [json.loads(row["record"]) for row in rows("SELECT record FROM agent")]
check("command", launch["command"][:3] == ["retrial", "run", "all.yaml"] == record["command"][:3])
check("launch", launch["reason"] == "done" and launch["started"] < launch["ended"] and launch["user"]
      and launch["cwd"] == os.getcwd() and launch["version"] and launch["host"] == os.uname().nodename)
check("comm", launch["comm"] == "local" and launch["ranks"] == 1 and "comm_version" in launch)
check("job and modules", launch["job"] == "slurm 4711" and launch["modules"] == ["gcc/12.2"])
check("environment variables", record["env"]["OMP_PLACES"] == "cores" and "WANDB_API_KEY" not in record["env"])
check("processor", agent["cpu"] and agent["cores"] >= 1 and agent["memory_kib"] > 0 and record["boot"] and record["system"])
check("GPUs", (agent["gpus"], agent["gpu"], agent["gpu_driver"]) == (1, "NVIDIA A100", "535.104.05") or not agent["gpus"])
check("Python", agent["python"] and agent["python_executable"] and agent["python_prefix"] and ranks[0]["python"]["build"])
check("packages", rows("SELECT count(*) AS n FROM package")[0]["n"] == agent["package_count"])
root, = study["code"]["roots"]
check("code", root["commit"] and root["branch"] and root["dirty"] and root["files"] == 1 and not root["linked"])
check("no secret", b"hide-me" not in b"".join(open(os.path.join(folder, name), "rb").read()
      for folder, _, names in os.walk(store) for name in names))

position, pid = 0, None
trials = rows('SELECT * FROM "all" ORDER BY ordinal')
attempts = rows('SELECT * FROM "all.attempts" ORDER BY started, event, event_row')
for row in attempts:
    position, pid = (position + 1 if row["pid"] == pid else 1), row["pid"]
    check(f"position {row}", row["position"] == position)
check("as many", len(trials) == 16 and len(attempts) == 28)
for trial in trials:
    shown = show(trial["trial"])
    params, fate = shown["params"], shown["params"]["fate"]
    check("params", (trial["lr"], trial["fate"]) == (params["lr"], fate))
    data = (b"retrial seed per-trial\0" + (7).to_bytes(8, "little") + trial["replicate"].to_bytes(8, "little")
            + json.dumps(params, sort_keys=True, separators=(",", ":")).encode())
    seed = int.from_bytes(hashlib.sha256(data).digest()[:4], "little")
    check("seed", trial["seed"] == shown["seed"] == seed)
    check("key", list(shown["components"]) == ["entry", "code", "params", "inputs", "seed", "environment", "threads"])
    check("code state", shown["code"]["code"] == shown["components"]["code"] == study["code"]["code"])
    mine = sorted((a for a in attempts if a["trial"] == trial["trial"]), key=lambda a: a["attempt"])
    check("attempts", len(mine) == len(shown["attempts"]) == (1 if fate == "fine" else 2))
    for row, told in zip(mine, shown["attempts"]):
        for name in ("attempt", "outcome", "launch", "rank", "host", "worker", "position", "pid", "seed", "started",
                     "seconds", "user_seconds", "system_seconds", "max_rss_kib", "environment"):
            check(f"{name} of {trial['trial']}", row[name] == told[name] and row[name] is not None)
        check("decides", told["decides"] == (told is shown["attempts"][-1]))
        check("environment", told["environment"] == shown["components"]["environment"])
        check("output", told["stdout"]["bytes"] == 8 and told["stderr"]["bytes"] == len(f"err {fate}\n"))
        ends = {"fine": ("ok", None), "raise": ("failed", None), "crash": ("crashed", "9 (SIGKILL)"), "exit": ("failed", None)}
        check("end", (told["outcome"], told.get("signal")) == ends[fate])
        check("result", told.get("result") == ({"loss": params["lr"], "seed_seen": seed} if fate == "fine" else None))
        check("exit status", fate != "exit" or told["exit_status"] == row["exit_status"] == 3)
        check("reason", (fate == "fine") == ("reason" not in told) and (fate != "raise" or "ValueError: no good" in told["reason"]))
    log = subprocess.run(["retrial", "log", trial["trial"], "--store", store], capture_output=True, text=True).stdout
    check("log", f"out {params['lr']}" in log)

schema = open(os.environ["SOURCE"] + "/docs/schema.md").read()
schema = re.sub("```.*?```", "", schema, flags=re.S)
named = {word for span in re.findall("`([^`]+)`", schema) for word in re.findall("[a-z_]+", span)}
for table, in index.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT GLOB 'trial_*'"):
    for column in index.execute(f'PRAGMA table_info("{table}")'):
        if table not in ("all", "all.attempts") or column["name"] not in ("lr", "fate", "loss", "seed_seen"):
            check(f"docs/schema.md lacks {table}.{column['name']}", column["name"].lower() in named)
print("wrong:", wrong if wrong else "nothing")
PYTHON
/usr/bin/python3 "$HOME/look.py"
