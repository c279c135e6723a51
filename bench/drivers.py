#!/usr/bin/env python3
"""What drivers in C and in Python cost per trial, and Optuna through Retrial against Optuna alone.

A driver in C that proposes at once is run to its end, and then again from its start: how many requests per
second are answered from the journal.

A driver that proposes at once what it is asked for measures the way to and fro: its own processor time
per trial, and trials per second. Optuna's TPE on a known function, one trial at a time, is run through
Retrial, in memory, and with its trials in SQLite; all three sample the same, so that their best values are equal.
"""
import json
import re
import shutil
import subprocess

import common

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


def in_c(given):
    """Microseconds per trial, and requests per second that are answered from the journal."""
    text = (
        f"name: s\nentry: model.py:y\ndriver: {{command: [./asks, '{given.trials}'], in_flight: 64}}\n"
        "objective: {minimize: y}\n"
    )
    with common.Folder(text) as folder:
        (folder.path / "model.py").write_text("def y(x, y):\n    return {'y': x}\n")
        shutil.copy(given.build / "bench" / "asks", folder.path / "asks")
        argv = [given.retrial, "run", "-q", "-j", "1", "study.yaml"]
        used = common.run(argv, folder.path, expect=1, AGAIN="yes")
        output = common.run(argv, folder.path).output
        again = re.search(r"(\d+) requests as before, in ([0-9.]+) s", output)
        return used.wall / given.trials * 1e6, int(again[1]) / float(again[2])


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


def main():
    given = common.arguments(__doc__, runs=3, trials=20000, samples=300)
    subprocess.run(["cmake", "--build", given.build, "--target", "asks"], check=True, stdout=subprocess.DEVNULL)
    common.head(f"a driver in C, {given.trials:,} trials of a Python function, 64 in flight, 1 worker")
    (found,) = common.rounds(given.runs, lambda: in_c(given))
    common.say("all that is done for a trial", [one[0] for one in found], "us/trial", "goal: 50")
    common.say("run again from its start", [one[1] for one in found], "answers/s", "goal: 50,000")

    common.head(f"a driver in Python, {given.trials:,} trials of a Python function, 64 in flight")
    (found,) = common.rounds(given.runs, lambda: plain(given))
    common.say("processor time of the driver", [one["cpu_us"] for one in found], "us/trial", "goal: 150")
    common.say("trials", [one["per_second"] for one in found], "trials/s")

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
