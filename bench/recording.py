#!/usr/bin/env python3
"""What recording costs: Python functions that take the time of a processor, against a bare loop.

The bare loop calls the same function as often, in as many processes as there are workers, and keeps
nothing. The difference is more than the cost of recording: frames, seeds and capture are in it.
"""
import os
import sys

import common


def ours(given, length, trials):
    study = f"name: spin\nentry: naps.py:spin\nparams: {{length: {length}}}\nreplicates: {trials}\n"
    with common.Folder(study, "naps.py") as folder:
        return common.run([given.retrial, "run", "-q", "study.yaml"], folder.path).wall


def bare(length, trials):
    loop = (
        "import os, sys, naps\n"
        f"for _ in range({os.cpu_count() - 1}):\n"
        "    if os.fork() == 0:\n"
        "        break\n"
        f"for _ in range({trials // os.cpu_count()}):\n"
        f"    naps.spin({{'length': {length}}})\n"
        "try:\n"
        "    while True:\n"
        "        os.wait()\n"
        "except ChildProcessError:\n"
        "    pass\n"
    )
    return common.run([sys.executable, "-c", loop], common.HERE / "models").wall


def main():
    given = common.arguments(__doc__, seconds=10.0)
    common.head(f"{given.runs} runs of about {given.seconds:g} s")
    for length, goal in ((0.0001, "goal: 0.9"), (0.001, "goal: 0.99"), (0.01, "goal: 0.99")):
        trials = int(given.seconds * os.cpu_count() / length)
        results = common.rounds(
            given.runs, lambda: ours(given, length, trials), lambda: bare(length, trials)
        )
        name = f"{trials:,} trials of {length * 1000:g} ms"
        common.say(f"{name}, recorded", [trials / wall for wall in results[0]], "trials/s")
        common.say("    bare loop", [trials / wall for wall in results[1]], "calls/s")
        common.say("    ours of the bare loop", [b / a for a, b in zip(*results)], "", goal)


if __name__ == "__main__":
    main()
