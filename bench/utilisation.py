#!/usr/bin/env python3
"""How busy workers are kept: 64 of them on one node, with trials that sleep.

Busy time is the sum of what trials took, of the workers' time from the first start to the last end.
Trials of mixed lengths are compared with two list schedules, in which each goes to the worker that is
free first: in the order of the plan, and longest first, which nobody knows beforehand.
"""
import heapq
import random

import common


def measure(given, lengths):
    values = ", ".join(f"{length:.6f}" for length in lengths)
    study = f"name: naps\nentry: naps.py:nap\nsweep: {{length: [{values}]}}\n"
    with common.Folder(study, "naps.py") as folder:
        argv = [given.retrial, "run", "-q", "-j", given.workers, "study.yaml"]
        common.run(argv, folder.path)
        sql = (
            "SELECT sum(seconds) AS busy, max(start + seconds) - min(start) AS wall FROM"
            " (SELECT seconds, julianday(started) * 86400.0 AS start FROM naps)"
        )
        return folder.query(given, sql)[0]


def list_schedule(lengths, workers):
    free = [0.0] * workers
    for length in lengths:
        heapq.heappush(free, heapq.heappop(free) + length)
    return max(free)


def main():
    given = common.arguments(__doc__, workers=64, trials=1280)
    mixed = random.Random(1)
    lengths = [
        min(10, max(0.1, mixed.lognormvariate(0, 1))) + i * 1e-6 for i in range(given.trials // 4)
    ]
    even, uneven = common.rounds(
        given.runs,
        lambda: measure(given, [1 + i * 1e-6 for i in range(given.trials)]),
        lambda: measure(given, lengths),
    )
    common.head(f"{given.workers} workers, {given.runs} runs")
    busy = [100 * row["busy"] / row["wall"] / given.workers for row in even]
    common.say(f"{given.trials:,} trials of 1 s: busy", busy, "%", "goal: 98")
    print(f"{len(lengths):,} trials, log-normal, 0.1 to 10 s:")
    for name, order, goal in (
        ("over the list schedule in this order", lengths, "goal: 5"),
        ("over that of the longest first", sorted(lengths, reverse=True), ""),
    ):
        best = list_schedule(order, given.workers)
        common.say(f"    {name}", [100 * (row["wall"] / best - 1) for row in uneven], "%", goal)


if __name__ == "__main__":
    main()
