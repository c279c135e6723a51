#!/usr/bin/env python3
"""What recording costs: Python functions that compute, with journal and index and without.

Without them the same trials run in the same workers, with their frames, seeds and captured output, and
the results are counted and dropped (bench/unrecorded.c). What is compared is the time of processors
that all processes take beside the trials themselves: on a machine that is not alone it varies much less
than the time on the wall, and where all processors are busy it is what decides. The time of the
shortest study is taken off: starting is no part of it.
"""
import os
import statistics
import time

import common


def rounds_per_second():
    """How fast a loop of naps.compute() goes here."""
    count = 2000000
    start = time.process_time()
    for _ in range(count):
        pass
    return count / (time.process_time() - start)


def study(rounds, trials):
    return f"name: work\nentry: naps.py:compute\nparams: {{rounds: {rounds}}}\nreplicates: {trials}\n"


def recorded(given, rounds, trials):
    """Microseconds of processors beside the trials, and in them."""
    with common.Folder(study(rounds, trials), "naps.py") as folder:
        use = common.run([given.retrial, "run", "-q", "study.yaml"], folder.path)
        sql = "SELECT sum(user_us + sys_us) AS used FROM trial_1"
        used = folder.query(given, sql)[0]["used"]
    return use.cpu * 1e6 - used, used


def unrecorded(given, rounds, trials):
    with common.Folder(study(rounds, trials), "naps.py") as folder:
        program = given.build / "bench" / "unrecorded"
        use = common.run([program, "study.yaml", os.cpu_count()], folder.path)
    return use.cpu * 1e6 - int(use.output), int(use.output)


def main():
    given = common.arguments(__doc__, seconds=10.0)
    common.run(["cmake", "--build", given.build, "--target", "unrecorded"])
    speed = rounds_per_second()
    start = common.rounds(
        given.runs, lambda: recorded(given, 0, 2)[0], lambda: unrecorded(given, 0, 2)[0]
    )
    start = [statistics.median(values) for values in start]
    common.head(f"{given.runs} runs of about {given.seconds:g} s")
    for length, goal in ((0.0001, "goal: 10"), (0.001, "goal: 1"), (0.01, "goal: 1")):
        trials = int(given.seconds * os.cpu_count() / length)
        rounds = int(speed * length)
        results = common.rounds(
            given.runs,
            lambda: recorded(given, rounds, trials),
            lambda: unrecorded(given, rounds, trials),
        )
        with_, without = (
            [(beside - taken) / trials for beside, _ in runs] for runs, taken in zip(results, start)
        )
        whole = [(beside + used) / trials for beside, used in results[1]]
        name = f"{trials:,} trials of {length * 1000:g} ms: "
        common.say(f"{name}time beside, recorded", with_, "us/trial")
        common.say("    without journal and index", without, "us/trial")
        cost = [100 * (a - b) / c for a, b, c in zip(with_, without, whole)]
        common.say("    cost of journal and index", cost, "%", goal)


if __name__ == "__main__":
    main()
