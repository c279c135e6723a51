#!/usr/bin/env python3
"""Holds the paired statistics of verdicts against scipy (python3-scipy), case by case.

    tests/torture/statistics.py BUILD-FOLDER [CASES [SEED]]

Each case is a metric of one study, whose trials give numbers that were drawn beforehand, and others when
they are run again: normal, heavy-tailed, integers with ties, constants, huge and tiny magnitudes, NaN and
infinities among them, for 1 to 60 trials. One verify gives n, mean, standard deviation, the 95 % interval
of the mean and the equivalence test for all of them. Means and deviations are held against those of long
doubles, and what depends on Student's t against scipy.stats. Ends with 77 without scipy.
"""
import json
import math
import os
import random
import subprocess
import sys
import tempfile

try:
    import numpy
    from scipy import special, stats
except ImportError:
    print("there is no scipy for", sys.executable)
    sys.exit(77)

TRIALS = 60
MODEL = """
import json
import os

with open(os.environ["NUMBERS"], encoding="utf-8") as file:
    NUMBERS = json.load(file)


def train(x):
    return {name: float(values[x]) for name, values in NUMBERS.items() if x < len(values)}
"""


def draws(kind, rng, count):
    if kind == "normal":
        return [rng.gauss(0.3, 1) for _ in range(count)]
    if kind == "heavy":
        return [math.tan(math.pi * (rng.random() - 0.5)) for _ in range(count)]
    if kind == "ties":
        return [float(rng.randint(-1, 1)) for _ in range(count)]
    if kind == "constant":
        return [0.25] * count
    if kind == "huge":
        return [rng.gauss(1, 1) * 1e300 for _ in range(count)]
    if kind == "tiny":
        return [rng.gauss(1, 1) * 1e-300 for _ in range(count)]
    if kind == "far":  # small differences of large numbers
        return [1e9 + rng.gauss(0, 1) for _ in range(count)]
    return [rng.choice([rng.gauss(0, 1), math.nan, math.inf, -math.inf]) for _ in range(count)]


KINDS = ["normal", "heavy", "ties", "constant", "huge", "tiny", "far", "special"]


def make_case(number, rng):
    kind = KINDS[number % len(KINDS)]
    count = rng.choice([1, 2, 3, rng.randint(4, TRIALS)])
    before = draws(kind, rng, count)
    after = before if rng.random() < 0.1 else draws(kind, rng, count)
    scale = {"huge": 1e300, "tiny": 1e-300}.get(kind, 1)
    return {"kind": kind, "before": before, "after": after, "bound": rng.choice([0.01, 0.3, 1, 5]) * scale}


def student(n):
    """The 0.975 quantile with n - 1 degrees of freedom; stats.t.ppf() of scipy 1.10 has 8 digits of it for 40."""
    x = float(special.betaincinv((n - 1) / 2, 0.5, 0.05))
    return math.sqrt((n - 1) * (1 - x) / x)


def expected(case):
    """What a verdict should say, from the differences that are numbers."""
    pairs = zip(case["before"], case["after"])
    differences = [b - a for a, b in pairs if math.isfinite(a) and math.isfinite(b)]
    n = len(differences)
    if n == 0:
        return None
    wide = numpy.array(differences, dtype=numpy.longdouble)
    result = {"n": n, "mean": float(wide.mean()), "largest": max(differences, key=abs)}
    if n < 2:
        return {**result, "sd": None, "low": None, "high": None, "p": None}
    sd = float(wide.std(ddof=1))
    error = float(wide.std(ddof=1) / numpy.sqrt(numpy.longdouble(n)))
    bound = case["bound"]
    if sd == 0:
        low = high = result["mean"]
        p = 0.0 if abs(result["mean"]) < bound else 1.0
    else:
        width = student(n) * error
        low, high = result["mean"] - width, result["mean"] + width
        p = max(
            float(stats.t.sf((result["mean"] + bound) / error, n - 1)),
            float(stats.t.sf((bound - result["mean"]) / error, n - 1)),
        )
    return {**result, "sd": sd, "low": low, "high": high, "p": p}


def close(got, want, scale):
    if got is None or want is None:
        return got is want
    return abs(got - want) <= 1e-9 * max(abs(want), scale)


def compare(name, case, row):
    want = expected(case)
    if want is None or row is None:
        return [] if want is row else [f"{name}: there is {row}, and should be {want}"]
    scale = max(abs(want["mean"]), want["sd"] or 0)
    wrong = []
    for key, value in want.items():
        if not close(row[key], value, 1e-3 if key == "p" else 0 if key == "n" else scale):
            wrong.append(f"{name} ({case['kind']}, n {want['n']}): {key} is {row[key]}, and should be {value}")
    if want["p"] is not None and abs(want["p"] - 0.05) > 1e-6 and (row["equivalent"] == "yes") != (want["p"] < 0.05):
        wrong.append(f"{name}: equivalent is {row['equivalent']} with p {want['p']}")
    return wrong


def main():
    build = os.path.realpath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 30)
    rng = random.Random(seed)
    cases = {f"m{i:04}": make_case(i, rng) for i in range(count)}
    with tempfile.TemporaryDirectory(prefix="retrial-statistics.") as work:

        def retrial(*words, numbers, expect):
            environment = {
                **os.environ,
                "PATH": f"{build}:/usr/bin:/bin",
                "HOME": work,
                "NUMBERS": f"{work}/{numbers}",
            }
            done = subprocess.run(
                ["retrial", *words], cwd=work, env=environment, capture_output=True, text=True, check=False
            )
            if done.returncode not in expect:
                sys.exit(f"retrial {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
            return done.stdout

        for side in ("before", "after"):
            with open(f"{work}/{side}", "w", encoding="utf-8") as file:
                json.dump({name: case[side] for name, case in cases.items()}, file)
        with open(f"{work}/model.py", "w", encoding="utf-8") as file:
            file.write(MODEL)
        retrial(
            "run", "-q", "model.py:train", "-S", f"x=0:{TRIALS - 1}:1", "--name", "drawn", numbers="before", expect=[0]
        )
        bounds = [word for name, case in cases.items() for word in ("--equiv", f"{name}={case['bound']!r}")]
        answer = retrial("verify", "drawn", "-q", "--json", *bounds, numbers="after", expect=[0, 3])
        rows = {row["metric"]: row for row in json.loads(answer)}
    wrong = [line for name, case in cases.items() for line in compare(name, case, rows.get(name))]
    print("\n".join(wrong[:20]))
    print(f"{count} cases, {len(rows)} with differences, seed {seed}: {len(wrong)} numbers are wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
