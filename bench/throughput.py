#!/usr/bin/env python3
"""Trials per second of models that do nothing, with 10 params and the full record; and in turn with them bare
loops that keep nothing, or nothing but bytes (bench/loops.py).

The whole command counts, from start to a level index; what a study of two trials takes, launched in the same
way (the median of the runs), is taken off for the sustained speed. Every run is checked: as many rows as trials, and their sum as
computed by hand.
"""
import shutil
import statistics

import common
import loops


def study(entry, trials):
    return f"name: noop\nentry: {entry}\n{common.TEN_KEYS}sweep: {{x: {{from: 0, to: {trials - 1}, step: 1}}}}\n"


def launch(given, entry, trials, launcher):
    with common.Folder(study(entry, trials), "noop.py") as folder:
        folder.compile("noop.c")
        use = common.run([*launcher, given.retrial, "run", "-q", "study.yaml"], folder.path)
        sql = "SELECT count(*) AS n, sum(y) AS y FROM noop WHERE outcome = 'ok'"
        row = folder.query(given, sql)[0]
        if (row["n"], row["y"]) != (trials, trials * (trials - 1)):
            raise SystemExit(f"wrong result: {row}")
        return use, folder.store_bytes() / trials


def measure(given, entry, trials, launcher):
    """What two trials took, and what all did, with the bytes of one."""
    start, _ = launch(given, entry, 2, launcher)
    use, size = launch(given, entry, trials, launcher)
    return start, use, size


def main():
    given = common.arguments(__doc__, trials=1000000)
    c, python = "./libnoop.so:noop", "noop.py:noop"
    cases = [("C function", c, ()), ("Python function", python, ())]
    for program in ("mpiexec.mpich", "mpiexec.openmpi"):
        if shutil.which(program):
            extra = ["--allow-run-as-root", "--oversubscribe"] if "open" in program else []
            cases.append((f"C function, {program} -n 3", c, (program, *extra, "-n", "3")))
    common.run(["cmake", "--build", given.build, "--target", "loops"])
    with common.Folder() as folder:
        bare = [
            ("bare loop: LMDB, 200 bytes, 1,000 a transaction", lambda: loops.loop(given, "lmdb", given.trials)),
            ("bare loop: json.loads, a function, json.dumps", lambda: loops.python(given.trials // 4)),
        ]
        for mpi in loops.mpis():
            messages = loops.Messages(folder, mpi)
            bare.append((f"bare loop: messages, {mpi}", lambda messages=messages: messages.measure(given.trials)))
        results = common.rounds(
            given.runs,
            *(lambda case=case: measure(given, case[1], given.trials, case[2]) for case in cases),
            *(loop for _, loop in bare),
        )
    common.head(f"{given.trials:,} trials, {given.runs} runs")
    for (name, *_), values in zip(cases, results):
        more = given.trials - 2
        wall = statistics.median(start.wall for start, _, _ in values)
        cpu = statistics.median(start.cpu for start, _, _ in values)
        common.say(name, [given.trials / use.wall for _, use, _ in values], "trials/s")
        common.say("    sustained: without the start", [more / (use.wall - wall) for _, use, _ in values], "trials/s")
        common.say("    processor time", [(use.cpu - cpu) / more * 1e6 for _, use, _ in values], "us/trial")
        common.say("    store", [size for _, _, size in values], "bytes/trial")
    for (name, _), values in zip(bare, results[len(cases) :]):
        common.say(name, [value[0] for value in values], "a second")


if __name__ == "__main__":
    main()
