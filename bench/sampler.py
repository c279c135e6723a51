#!/usr/bin/env python3
"""Optuna's TPE through Retrial against Optuna alone: do they find values that are as good?

The same space, objective, number of trials and seeds. One trial at a time both sample the same: for each
seed the best values are to be equal. With several in flight the sampler knows less when it proposes, in
Retrial as in Optuna's own ask and tell with so many open: the distributions of the best values are
compared by the test of Kolmogorov and Smirnov. And how long a trial takes, in Retrial with the start of the
engine and of all interpreters, against Optuna in memory and with its trials in SQLite.
"""
import importlib.util
import json
import math

import common

MODEL = """
def y(x1, x2, x3, kind, depth=0):
    bowl = (x1 - 1) ** 2 + (x2 + 2) ** 2 + x3 ** 2
    return bowl + {"plain": 1, "deep": abs(depth - 7) / 10, "none": 3}[kind]
"""
STUDY = """
name: s
entry: model.py:y
seed: {seed}
space:
  x1: uniform(-5, 5)
  x2: uniform(-5, 5)
  x3: loguniform(0.001, 5)
  kind: choice(plain, deep, none)
  depth: {{int: [1, 20], when: kind == deep}}
driver: {{use: optuna.TPESampler, trials: {trials}, in_flight: {in_flight}}}
objective: {{minimize: y}}
"""
ALONE = """
import collections, json, sys, time, optuna
sys.path.insert(0, ".")
from model import y
optuna.logging.set_verbosity(optuna.logging.ERROR)
trials, in_flight, seeds, stored = json.loads(sys.argv[1])

def params(t):  # in the order in which Retrial asks: that of the names, what a condition needs before it
    p = {"kind": t.suggest_categorical("kind", ["plain", "deep", "none"])}
    if p["kind"] == "deep":
        p["depth"] = t.suggest_int("depth", 1, 20)
    p.update({k: t.suggest_float(k, -5, 5) for k in ("x1", "x2")})
    p["x3"] = t.suggest_float("x3", 0.001, 5, log=True)
    return p

found = []
for seed in range(seeds):
    start = time.monotonic()
    storage = f"sqlite:///{seed}.db" if stored else None
    study = optuna.create_study(storage=storage, sampler=optuna.samplers.TPESampler(seed=seed))
    running = collections.deque()
    for _ in range(trials):
        if len(running) == in_flight:
            study.tell(*running.popleft())
        trial = study.ask()
        running.append((trial, y(**params(trial))))
    for trial, value in running:
        study.tell(trial, value)
    found.append((study.best_value, time.monotonic() - start))
print(json.dumps(found))
"""


def through_retrial(given, in_flight):
    """For each seed the best value, and milliseconds a trial, with the start of engine and interpreters."""
    found = []
    for seed in range(given.seeds):
        text = STUDY.format(seed=seed, trials=given.trials, in_flight=in_flight)
        with common.Folder(text) as folder:
            (folder.path / "model.py").write_text(MODEL)
            wall = common.run([given.retrial, "run", "-q", "-j", in_flight, "study.yaml"], folder.path).wall
            best = folder.query(given, "SELECT min(y) AS best FROM s")[0]["best"]
            found.append((best, wall / given.trials * 1e3))
    return found


def alone(given, in_flight, stored):
    """The same of Optuna, without the start of its interpreter."""
    with common.Folder() as folder:
        (folder.path / "model.py").write_text(MODEL)
        numbers = json.dumps([given.trials, in_flight, given.seeds, stored])
        used = common.run(["python3", "-W", "ignore", "-c", ALONE, numbers], folder.path)
        found = json.loads(used.output.splitlines()[-1])
        return [(best, wall / given.trials * 1e3) for best, wall in found]


def distance(a, b):
    """The largest between the two distributions, and what it exceeds by chance in one of a hundred cases."""
    shares = (
        abs(sum(v <= x for v in a) / len(a) - sum(v <= x for v in b) / len(b)) for x in [*a, *b]
    )
    return max(shares), math.sqrt(math.log(2 / 0.01) / 2 * (len(a) + len(b)) / (len(a) * len(b)))


def main():
    given = common.arguments(__doc__, runs=1, trials=40, seeds=15, in_flight=4)
    if not importlib.util.find_spec("optuna"):
        raise SystemExit("Optuna is not installed: apt-get install python3-optuna, or pip install optuna")
    good = True
    for in_flight in (1, given.in_flight):
        found = {
            "through Retrial, recorded": through_retrial(given, in_flight),
            "Optuna alone, in memory": alone(given, in_flight, False),
            "Optuna alone, in SQLite": alone(given, in_flight, True),
        }
        common.head(f"TPE, {given.trials} trials, {given.seeds} seeds, {in_flight} in flight")
        for name, each in found.items():
            common.say("best value " + name, [best for best, _ in each], "")
        for name, each in found.items():
            common.say("a trial " + name, [ms for _, ms in each], "ms")
        ours, theirs = ([best for best, _ in each] for each in list(found.values())[:2])
        far, chance = distance(ours, theirs)
        equal = sum(abs(a - b) < 1e-12 for a, b in zip(ours, theirs))
        print(f"equal for {equal} of {given.seeds} seeds; distributions {far:.3f} apart, 1 % by chance: {chance:.3f}")
        good = good and far <= chance and (in_flight > 1 or equal == given.seeds)
    print("they agree" if good else "THEY DIFFER")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
