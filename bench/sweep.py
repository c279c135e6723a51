#!/usr/bin/env python3
"""A sweep of ten million trials: when it starts, how fast it is at the start and at the end, what memory
and disk it takes; rows drawn at random are checked against values computed here."""
import bisect
import random
import sqlite3
import subprocess
import time

import common

WINDOW = 500000  # trials over which a speed is taken
CHECKED = 2000


def memory_mib(pid):
    """Memory that is the process's own; what it maps of the journal's file is the kernel's to drop."""
    with open(f"/proc/{pid}/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    return sum(int(lines[name].split()[0]) for name in ("RssAnon", "RssShmem")) / 1024


def run(given, folder):
    """Seconds, when it began, the most memory of rank 0, and the time of processors by then, now and then."""
    argv = [given.retrial, "run", "-q", "study.yaml"]
    began = time.time()
    process = subprocess.Popen(argv, cwd=folder.path, stderr=subprocess.DEVNULL)
    peak = 0
    samples = []
    while process.poll() is None:
        try:
            peak = max(peak, memory_mib(process.pid))
            samples.append((time.time(), common.used(process.pid)))
        except (OSError, KeyError):
            pass
        time.sleep(0.1)
    if process.returncode:
        raise SystemExit(f"the launch ended with {process.returncode}")
    return time.time() - began, began, peak, samples


def processors(samples, at):
    """What they had been used by a time, in seconds: between two samples, in proportion."""
    i = min(max(bisect.bisect(samples, (at,)), 1), len(samples) - 1)
    (before, less), (after, more) = samples[i - 1 : i + 1]
    return less + (more - less) * (at - before) / (after - before)


def speed(db, first, samples):
    """Trials per second while those from `first` on ran, which run nearly in order, and the microseconds of
    processors that each took: on a machine that is not alone, these say more."""
    middle = "SELECT avg(start_us) FROM trial_1 WHERE ordinal BETWEEN ? AND ?"
    ends = [
        db.execute(middle, (at - 5000, at + 5000)).fetchone()[0] for at in (first, first + WINDOW)
    ]
    used = [processors(samples, end / 1e6) for end in ends]
    return WINDOW / (ends[1] - ends[0]) * 1e6, (used[1] - used[0]) / WINDOW * 1e6


def check(given, folder):
    drawn = random.Random(1).sample(range(1, given.trials + 1), CHECKED)
    db = sqlite3.connect(folder.path / ".retrial" / "index.sqlite")
    columns = dict(db.execute("SELECT name, table_column FROM study_column"))
    row = f"SELECT {columns['x']}, {columns['y']}, outcome FROM trial_1 WHERE ordinal = ?"
    for ordinal in drawn:
        x, y, outcome = db.execute(row, (ordinal,)).fetchone()
        if (x, y, outcome) != (ordinal - 1, 2.0 * (ordinal - 1), "ok"):
            raise SystemExit(f"trial {ordinal} is {x}, {y}, {outcome}")
    rows = db.execute("SELECT count(*), min(ordinal), max(ordinal) FROM trial_1").fetchone()
    if rows != (given.trials, 1, given.trials):
        raise SystemExit(f"the index has {rows}")
    return db


def measure(given):
    study = (
        f"name: noop\nentry: ./libnoop.so:noop\n{common.TEN_KEYS}"
        f"sweep: {{x: {{from: 0, to: {given.trials - 1}, step: 1}}}}\n"
    )
    with common.Folder(study) as folder:
        folder.compile("noop.c")
        wall, began, peak, samples = run(given, folder)
        db = check(given, folder)
        first = db.execute("SELECT min(start_us) FROM trial_1 WHERE ordinal < 100000").fetchone()[0]
        early = speed(db, 100000, samples)
        late = speed(db, given.trials - WINDOW - 10000, samples)
        db.close()
        return (
            given.trials / wall,
            first / 1e6 - began,
            peak,
            folder.store_bytes() / given.trials,
            early[0],
            late[0],
            late[0] / early[0],
            early[1],
            late[1],
            early[1] / late[1],
        )


def main():
    given = common.arguments(__doc__, trials=10000000)
    (results,) = common.rounds(given.runs, lambda: measure(given))
    common.head(f"{given.trials:,} trials, {given.runs} runs; {CHECKED:,} rows of each were checked")
    for at, (name, unit, goal) in enumerate(
        (
            ("all of it", "trials/s", ""),
            ("until the first trial starts", "s", "goal: 1"),
            ("memory of the conductor", "MiB", "goal: 300"),
            ("store", "bytes/trial", "goal: 200"),
            (f"speed from the 100,000th trial on, over {WINDOW:,}", "trials/s", ""),
            (f"speed of the last {WINDOW:,}", "trials/s", ""),
            ("    the last of the first", "", "goal: 0.9"),
            (f"processors from the 100,000th trial on, over {WINDOW:,}", "us/trial", ""),
            (f"processors in the last {WINDOW:,}", "us/trial", ""),
            ("    the first of the last", "", "goal: 0.9"),
        )
    ):
        common.say(name, [row[at] for row in results], unit, goal)


if __name__ == "__main__":
    main()
