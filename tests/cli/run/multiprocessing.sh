# What Python has for working in several processes and threads works inside of trials, warm and fresh, with
# the embedded interpreter and with another one; nothing of it is left when the program ends.
cat >model.py <<'PYTHON'
import multiprocessing, os, subprocess, sys, time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def square(x):
    with open(os.environ["PIDS"], "a") as file: file.write(f"{os.getpid()}\n")
    return x * x


def work(how, again):
    if how in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(how).Pool(2) as pool: done = pool.map(square, range(5))
    elif how == "executor":
        with ProcessPoolExecutor(2) as pool: done = list(pool.map(square, range(5)))
    elif how == "threads":
        with ThreadPoolExecutor(2) as pool: done = list(pool.map(square, range(5)))
    elif how == "left":
        multiprocessing.Process(target=time.sleep, args=(600,), daemon=True).start()
        done = [30]
    else:
        done = [int(subprocess.check_output([sys.executable, "-c", "print(30)"]))]
    return {"y": sum(done) + again}
PYTHON
cat >warm.yaml <<'YAML'
name: work
entry: model.py:work
sweep: {again: [1, 2], how: [fork, spawn, forkserver, executor, threads, left, command]}
limits: {timeout: 60s}
YAML
printf 'extends: warm.yaml\nname: work\nisolation: fresh\n' >fresh.yaml
/usr/bin/python3 -m venv --without-pip --copies "$HOME/other"
for python in embedded guest; do
    [ $python = embedded ] || export VIRTUAL_ENV=$HOME/other
    for study in warm fresh; do
        export PIDS=$HOME/pids.$study.$python
        retrial run --store "$HOME/$study.$python" -j 2 -q $study.yaml 2>"$HOME/err" || { echo "exit $?"; cat "$HOME/err"; }
        sqlite3 "$HOME/$study.$python/index.sqlite" "SELECT outcome, sum(y = 30 + again) FROM work GROUP BY 1"
        for pid in $(sort -u "$PIDS"); do ! kill -0 "$pid" 2>"$HOME/err" || echo "$pid is still there"; done
    done
done
