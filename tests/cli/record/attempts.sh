# What is recorded of each attempt is what really was: who ran it, when, what it used, how it ended.
# Models that burn processor time, sleep and allocate, as a function and as a command whose children
# do the work.
cat >model.py <<'PYTHON'
import os, subprocess, sys, time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
def work(what):
    print("out of", what)
    print("err of", what, file=sys.stderr)
    if what == "burn": burn(0.2)
    if what == "sleep": time.sleep(0.2)
    if what == "allocate": bytearray(200_000_000)
    if what == "child": subprocess.run([sys.executable, __file__, "burn"], check=True)
    if what == "system":
        end = os.times().system + 0.05
        while os.times().system < end: os.stat("/")
    if what == "raise": raise ValueError("no good")
    if what == "crash": os.abort()
    return {"pid": os.getpid(), "parent": os.getppid(), "now": time.time()}
if __name__ == "__main__":
    if sys.argv[1] == "nested": subprocess.run([sys.executable, __file__, "burn"], check=True)
    else: work(sys.argv[1])
    print('{"pid": %d, "parent": %d, "now": %r}' % (os.getpid(), os.getppid(), time.time()))
    if sys.argv[1] == "status": sys.exit(3)
PYTHON
cat >function.yaml <<'YAML'
entry: model.py:work
sweep: {what: [burn, sleep, allocate, child, system, raise, crash, nothing]}
YAML
cat >command.yaml <<'YAML'
entry: {command: [/usr/bin/python3, model.py, "{what}"]}
sweep: {what: [burn, sleep, allocate, nested, system, status, crash, nothing]}
YAML
/usr/bin/python3 -c 'import time; print(time.time())' >before
for study in function command; do
    retrial run $study.yaml -j 1 -q || echo "exit $?"
done
retrial query --json 'SELECT * FROM agent' >agents
for study in function command; do
    echo "-- $study"
    retrial query --json "SELECT v.what, v.pid AS metric_pid, v.parent, v.now, a.*, l.ended
        FROM \"$study\" AS v JOIN \"$study.attempts\" AS a USING (ordinal)
        JOIN launch AS l ON l.launch = a.launch ORDER BY ordinal" >rows
    /usr/bin/python3 - $study <<'PYTHON'
import datetime, json, os, sys, time
rows = json.load(open("rows"))
agents = {(a["launch"], a["rank"]): a for a in json.load(open("agents"))}
before = float(open("before").read())
def unix(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
position, pid = 0, None
last = before
for r in rows:
    what, cpu = r["what"], (r["user_seconds"], r["system_seconds"])
    position = position + 1 if r["pid"] == pid else 1
    pid = r["pid"]
    agent = agents[r["launch"], r["rank"]]
    facts = {
        "host": r["host"] == os.uname().nodename == agent["host"],
        "rank and worker": (r["rank"], r["worker"]) == (0, 0),
        "position": r["position"] == position,
        "started": last - 0.002 <= unix(r["started"]) <= time.time(),
        "ended in launch": unix(r["started"]) + r["seconds"] <= unix(r["ended"]) + 0.002,
    }
    if r["now"] is not None:
        mine = r["metric_pid"] if sys.argv[1] == "function" else r["parent"]
        facts["pid"] = mine == r["pid"]
        facts["now"] = unix(r["started"]) - 0.002 <= r["now"] <= unix(r["started"]) + r["seconds"] + 0.002
    if what in ("burn", "child", "nested"):
        facts["user time"] = sum(cpu) >= 0.2 and r["seconds"] >= 0.2 * 0.9
    if what == "system":
        facts["system time"] = cpu[1] >= 0.04
    if what == "sleep":
        facts["sleeps"] = r["seconds"] >= 0.2 and sum(cpu) < 0.2
    if what == "allocate":
        facts["memory"] = 200_000_000 / 1024 <= r["max_rss_kib"] < 800_000
    else: # also of those that follow in the same process
        facts["little memory"] = 1000 < r["max_rss_kib"] < 195_000
    last = unix(r["started"])
    wrong = [name for name, is_so in facts.items() if not is_so]
    reason = (r["reason"] or "").split("\n")[0]
    print(what, r["outcome"], r["exit_status"], reason[:40], f"WRONG: {wrong} {r}" if wrong else "")
PYTHON
done
retrial log function.6 2>&1 | sed -n '1,20p' | grep -E 'out of|err of|no good'
