#!/usr/bin/env python3
"""What drivers in C and in Python cost per trial, how busy they keep workers while they think, and Optuna
through Retrial against Optuna alone.

A driver in C proposes at once what it is asked for, 64 and 1,024 in flight, of a C function: time and processors'
time a trial, against a bare loop (bare.c) that brings the same lines to the disk and does nothing else. Then it is
run again from its start: how fast its requests are answered from the journal. Memory is what the conductor has
for itself, half-way and at the end.

A driver in Python that thinks, asleep, for as long as a worker needs for a trial divided by their number, less a
fifth: so much may it take at most if all workers are to be busy.

Optuna's TPE on a known function, one trial at a time, is run through Retrial, in memory, and with its trials in
SQLite; all three sample the same, so that their best values are equal.
"""
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading
import time

import common

NAP = 0.2  # seconds
WORKERS = 16
MODEL = "def y(x1, x2, x3):\n    return (x1 - 1) ** 2 + (x2 + 2) ** 2 + x3 ** 2\n"
SPACE = "space: {x1: 'uniform(-5, 5)', x2: 'uniform(-5, 5)', x3: 'uniform(-5, 5)'}\n"
DRIVER = """
import json, time
from retrial import drive
study = drive.connect()
start, used, count = time.perf_counter(), time.process_time(), 0
for done in study.run(({"x1": i / 7, "x2": 0.5, "x3": 1.5} for i in range(study.args["n"]))):
    count += 1
wall, used = time.perf_counter() - start, time.process_time() - used
study.finish({"cpu_us": used / count * 1e6, "per_second": count / wall})
"""
THINKER = f"""
import time
from retrial import drive
study = drive.connect()
def proposals():
    for i in range(study.args["n"]):
        time.sleep(study.args["think"])
        yield {{"length": {NAP}, "i": i}}
for done in study.run(proposals()):
    pass
study.finish()
"""
ALONE = """
import sys, optuna
sys.path.insert(0, ".")
from model import y
optuna.logging.set_verbosity(optuna.logging.WARNING)
storage = "sqlite:///trials.db" if sys.argv[2] == "sqlite" else None
study = optuna.create_study(storage=storage, sampler=optuna.samplers.TPESampler(seed=0))
study.optimize(lambda t: y(*[t.suggest_float(k, -5, 5) for k in ("x1", "x2", "x3")]), int(sys.argv[1]))
print(study.best_value)
"""


def study(driver):
    return f"name: s\nentry: model.py:y\n{SPACE}{driver}objective: {{minimize: y}}\n"


def last_value(output):
    line = next(one for one in output.splitlines() if "driver has finished: " in one)
    return json.loads(line.partition("finished: ")[2])


def plain(given):
    text = study(f"driver: {{file: hpo.py, in_flight: 64, args: {{n: {given.trials}}}}}\n")
    with common.Folder(text) as folder:
        (folder.path / "model.py").write_text(MODEL)
        (folder.path / "hpo.py").write_text(DRIVER)
        return last_value(common.run([given.retrial, "run", "study.yaml"], folder.path).output)


class Watch(threading.Thread):
    """Anonymous memory of a process, in MiB, every so often until it ends."""

    def __init__(self, pid):
        super().__init__()
        self.status = pathlib.Path(f"/proc/{pid}/status")
        self.seen = [0]
        self.start()

    def run(self):
        while (kib := self.anonymous()) is not None:
            self.seen.append(kib / 1024)
            time.sleep(0.05)

    def anonymous(self):
        try:
            line = re.search(r"RssAnon:\s+(\d+)", self.status.read_text())
        except OSError:
            return None
        return int(line[1]) if line else None


def c_study(given, count, in_flight):
    driver = f"{{command: [./asks, '{count}', '{in_flight}'], in_flight: {in_flight}}}"
    text = f"name: s\nentry: ./libnoop.so:noop\ndriver: {driver}\nobjective: {{minimize: y}}\n"
    folder = common.Folder(text)
    folder.compile("noop.c")
    shutil.copy(given.build / "bench" / "asks", folder.path / "asks")
    return folder


def in_c(given, in_flight):
    """Microseconds per trial, on the wall and of processors; the same again from the journal."""
    with c_study(given, given.trials, in_flight) as folder:
        argv = [given.retrial, "run", "-q", "-j", "1", "study.yaml"]
        live = common.run(argv, folder.path, expect=1, AGAIN="yes")
        again = common.run(argv, folder.path)
        found = re.search(r"(\d+) requests as before, in ([0-9.]+) s", again.output)
        each = 1e6 / given.trials
        return live.wall * each, live.cpu * each, int(found[1]) / float(found[2]), again.cpu * each


def bare(given, in_flight):
    with common.Folder() as folder:
        argv = [given.build / "bench" / "bare", given.build / "bench" / "asks", given.trials, in_flight]
        used = common.run(argv, folder.path)
        return used.wall / given.trials * 1e6, used.cpu / given.trials * 1e6


def memory(given):
    """MiB of the conductor's own: half-way, at the end, and when it has caught up from the journal."""
    found = []
    with c_study(given, given.asked, 1024) as folder:
        for variables in ({"AGAIN": "yes"}, {}):
            argv = [given.retrial, "run", "-q", "-j", "1", "study.yaml"]
            process = subprocess.Popen(
                argv,
                cwd=folder.path,
                env={**os.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            watch = Watch(process.pid)
            process.wait()
            watch.join()
            found.append(watch.seen)
    return found[0][len(found[0]) // 2], max(found[0]), max(found[1])


def busy(given, folder):
    """How busy the workers were, in percent."""
    sql = (
        "SELECT sum(seconds) AS busy, max(start + seconds) - min(start) AS wall FROM"
        " (SELECT seconds, julianday(started) * 86400.0 AS start FROM s)"
    )
    row = folder.query(given, sql)[0]
    return 100 * row["busy"] / row["wall"] / WORKERS


def thinking(given, in_flight):
    text = (
        "name: s\nentry: naps.py:nap\n"
        f"driver: {{file: hpo.py, in_flight: {in_flight}, args: {{n: {given.naps}, think: {0.8 * NAP / WORKERS}}}}}\n"
    )
    with common.Folder(text, "naps.py") as folder:
        (folder.path / "hpo.py").write_text(THINKER)
        common.run([given.retrial, "run", "-q", "-j", WORKERS, "study.yaml"], folder.path)
        return busy(given, folder)


def swept(given):
    """The same trials as a sweep."""
    text = f"name: s\nentry: naps.py:nap\nparams: {{length: {NAP}}}\nreplicates: {given.naps}\n"
    with common.Folder(text, "naps.py") as folder:
        common.run([given.retrial, "run", "-q", "-j", WORKERS, "study.yaml"], folder.path)
        return busy(given, folder)


def through_retrial(given):
    """Seconds, and the best value."""
    text = study(f"driver: {{use: optuna.TPESampler, trials: {given.samples}, in_flight: 1}}\n")
    with common.Folder(text) as folder:
        (folder.path / "model.py").write_text(MODEL)
        used = common.run([given.retrial, "run", "study.yaml"], folder.path)
        return used.wall, last_value(used.output)["y"]


def alone(given, how):
    with common.Folder() as folder:
        (folder.path / "model.py").write_text(MODEL)
        words = ["python3", "-W", "ignore", "-c", ALONE, given.samples, how]
        used = common.run(words, folder.path)
        return used.wall, float(used.output.split()[-1])


def show_c(given, in_flight):
    """A row for each figure, and how many times the bare loop's it is."""
    ours, loops = common.rounds(given.runs, lambda: in_c(given, in_flight), lambda: bare(given, in_flight))
    common.head(f"a driver in C, {given.trials:,} trials of a C function, {in_flight} in flight, 1 worker")
    for name, place, goal in (("a trial", 0, "goal: 50"), ("of processors", 1, "")):
        common.say(name, [one[place] for one in ours], "us/trial", goal)
        common.say("  a bare loop, with the same on the disk", [one[place] for one in loops], "us/trial")
        common.say("  ours, of the bare loop", [a[place] / b[place] for a, b in zip(ours, loops)], "times")
    common.say("run again from its start", [one[2] for one in ours], "answers/s", "goal: 50,000")
    common.say("  of processors, start included", [one[3] for one in ours], "us/answer")


def main():
    given = common.arguments(__doc__, trials=20000, samples=300, asked=200000, naps=800)
    targets = ["cmake", "--build", given.build, "--target", "asks", "--target", "bare"]
    subprocess.run(targets, check=True, stdout=subprocess.DEVNULL)
    show_c(given, 64)
    show_c(given, 1024)

    common.head(f"memory of the conductor, {given.asked:,} trials, 1024 in flight")
    names = ("half-way", "at most", "run again from its start, at most")
    for name, value in zip(names, memory(given)):
        common.say(name, [value], "MiB")

    share = f"{WORKERS} workers, {given.naps} trials of {NAP} s: busy"
    common.head(f"a driver that thinks for {0.8 * NAP / WORKERS * 1e3:.0f} ms before each proposal; {share}")
    once, twice, sweep = common.rounds(
        given.runs,
        lambda: thinking(given, WORKERS),
        lambda: thinking(given, 2 * WORKERS),
        lambda: swept(given),
    )
    common.say(f"in flight: {WORKERS}, as many as workers", once, "%")
    common.say(f"in flight: {2 * WORKERS}", twice, "%")
    common.say("as a sweep", sweep, "%")

    common.head(f"a driver in Python, {given.trials:,} trials of a Python function, 64 in flight")
    (found,) = common.rounds(given.runs, lambda: plain(given))
    common.say("processor time of the driver", [one["cpu_us"] for one in found], "us/trial", "goal: 150")
    common.say("trials", [one["per_second"] for one in found], "trials/s")

    if importlib.util.find_spec("optuna"):
        sample(given)
    else:
        print("Optuna is not installed: what it takes was not measured")


def sample(given):
    common.head(f"Optuna's TPE, {given.samples} trials one by one, start-up included")
    results = common.rounds(
        given.runs,
        lambda: through_retrial(given),
        lambda: alone(given, "memory"),
        lambda: alone(given, "sqlite"),
    )
    names = ("through Retrial, recorded", "alone, in memory", "alone, in SQLite")
    for name, values in zip(names, results):
        common.say(name, [wall / given.samples * 1e3 for wall, _ in values], "ms/trial")
    best = {round(value, 12) for values in results for _, value in values}
    print("best values " + ("are equal" if len(best) == 1 else f"differ: {sorted(best)}"))


if __name__ == "__main__":
    main()
