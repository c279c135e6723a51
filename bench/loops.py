#!/usr/bin/env python3
"""Bare loops: what the parts of a record reach with nothing around them. LMDB that appends, SQLite with narrow
rows, typed rows and an index on something random, JSON in one Python, messages between two ranks.

On the wall, syncs included; the time of the processor says more on a machine that is not alone.
"""
import os
import shutil
import sys

import common

KINDS = (
    ("lmdb", "LMDB, 200 bytes appended, 1,000 a transaction"),
    ("narrow", "SQLite, a row of four numbers"),
    ("typed", "    and a row of twelve columns"),
    ("hashed", "    which has an index on something random"),
)


def loop(given, kind, count):
    """Entries a second, and microseconds of the processor for each."""
    with common.Folder() as folder:
        output = common.run([given.build / "bench" / "loops", kind, folder.path, count]).output
    wall, processor = map(float, output.split())
    return 1 / wall * 1e6, processor


def python(count):
    processor = float(common.run([sys.executable, common.HERE / "models" / "loads.py", count]).output)
    return 1 / processor * 1e6, processor


class Messages:
    """A program for one MPI, compiled by its own compiler."""

    def __init__(self, folder, mpi):
        self.program = folder.path / f"messages-{mpi}"
        source = common.HERE / "models" / "messages.c"
        common.run([f"mpicc.{mpi}", "-O2", "-o", self.program, source])
        self.launcher = [f"mpiexec.{mpi}"]
        if mpi == "openmpi":
            self.launcher += ["--allow-run-as-root", "--oversubscribe"]

    def measure(self, count):
        output = common.run([*self.launcher, "-n", "2", self.program, count]).output
        wall = float(output.split()[-1])
        return 1 / wall * 1e6, None


def mpis():
    return [mpi for mpi in ("mpich", "openmpi") if shutil.which(f"mpicc.{mpi}")]


def main():
    given = common.arguments(__doc__, trials=1000000)
    common.run(["cmake", "--build", given.build, "--target", "loops"])
    with common.Folder() as folder:
        cases = [(name, lambda kind=kind: loop(given, kind, given.trials)) for kind, name in KINDS]
        cases.append(("Python, json.loads, a function, json.dumps", lambda: python(given.trials // 4)))
        for mpi in mpis():
            messages = Messages(folder, mpi)
            name = f"messages of 256 bytes, 32 at once, {mpi}"
            cases.append((name, lambda messages=messages: messages.measure(given.trials)))
        results = common.rounds(given.runs, *(measure for _, measure in cases))
    common.head(f"{given.trials:,} each, {given.runs} runs, {os.cpu_count()} processors")
    for (name, _), values in zip(cases, results):
        common.say(name, [value[0] for value in values], "a second")
        if values[0][1] is not None:
            common.say("    of the processor", [value[1] for value in values], "us")


if __name__ == "__main__":
    main()
