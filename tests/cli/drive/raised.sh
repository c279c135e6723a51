# A limit of trials that is raised: what had been refused is asked for anew, and a state that is saved then
# holds all that was told. The driver is killed, and is not told any of it again.
printf 'def f(x):\n    return {"y": x * x}\n' > model.py
cat > walk.py <<'PYTHON'
import json
import os
import signal
from retrial import drive

study = drive.connect()
seen = json.loads(study.state) if study.state else []
print("knows", [x for x, _ in seen], "and is told", [done.params["x"] for done in study.history], flush=True)
futures = study.submit_all({"x": x} for x in range(len(seen), 6 if not seen else 7))
for future in study.as_completed(futures):
    done = future.result()
    seen.append([done.params["x"], done.outcome])
print("saw", sorted(seen), flush=True)
if study.args["kill"] and len(seen) == 6:
    study.save(json.dumps(seen))
    study.poll()  # its answer comes when the state is kept
    os.kill(os.getpid(), signal.SIGKILL)
study.finish({})
PYTHON
run() { # limit, whether it is killed
    echo "-- $1 trials"
    echo "{name: w, entry: model.py:f, driver: {file: walk.py, resume: state, trials: $1, args: {kill: $2}}}" > w.yaml
    retrial run -j 1 w.yaml > /dev/null 2> ../err || echo "exit $?"
    grep -oE '(knows|saw) .*' ../err | awk '!said[$0]++' # a failed one's last words are told twice
}
run 3 false
run 9 true
run 9 false
retrial query --csv 'SELECT ordinal, x, outcome FROM w'
