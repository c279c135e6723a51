#!/usr/bin/env python3
"""Commands per second, against a bare loop over posix_spawn(); and Python with output and a file."""
import os

import common


def commands(given):
    study = (
        "name: commands\nentry: {command: [/bin/true]}\n"
        f"sweep: {{x: {{from: 1, to: {given.trials}, step: 1}}}}\n"
    )
    with common.Folder(study) as folder:
        use = common.run([given.retrial, "run", "-q", "study.yaml"], folder.path)
    return given.trials / use.wall


def bare(given, folder):
    jobs = os.cpu_count()
    use = common.run([folder.path / "spawn", given.trials, jobs], folder.path)
    return given.trials / use.wall


def writing(given):
    study = (
        "name: writing\nentry: naps.py:write\n"
        f"sweep: {{x: {{from: 1, to: {given.trials}, step: 1}}}}\n"
    )
    with common.Folder(study, "naps.py") as folder:
        use = common.run([given.retrial, "run", "-q", "study.yaml"], folder.path)
    return given.trials / use.wall


def main():
    given = common.arguments(__doc__, trials=10000)
    with common.Folder() as folder:
        common.run(["cc", "-O2", "-o", folder.path / "spawn", common.HERE / "models" / "spawn.c"])
        ours, loop, python = common.rounds(
            given.runs,
            lambda: commands(given),
            lambda: bare(given, folder),
            lambda: writing(given),
        )
    common.head(f"{given.trials:,} trials, {given.runs} runs")
    common.say("command /bin/true, recorded", ours, "trials/s")
    common.say("bare loop over posix_spawn()", loop, "starts/s")
    ratios = [a / b for a, b in zip(ours, loop)]
    common.say("ours of the bare loop", ratios, "", "goal: 0.5")
    common.say("Python function that prints a line and writes a file", python, "trials/s", "goal: 5,000")


if __name__ == "__main__":
    main()
