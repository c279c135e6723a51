#!/usr/bin/env python3
"""What waiting costs: ranks that wait for a long trial, and how soon a short study is over."""
import shutil

import common

SECONDS = 5


def idle(given, launcher):
    study = f"name: long\nentry: naps.py:nap\nparams: {{length: {SECONDS}}}\n"
    with common.Folder(study, "naps.py") as folder:
        argv = [*launcher, given.retrial, "run", "-q", "-j", "1", "study.yaml"]
        use = common.run(argv, folder.path)
        empty = f"name: short\nentry: naps.py:nap\nparams: {{length: 0.0}}\n"
        (folder.path / "study.yaml").write_text(empty)
        short = common.run(argv, folder.path)
    return 100 * (use.cpu - short.cpu) / (use.wall - short.wall)


def start(given):
    with common.Folder("name: one\nentry: ./libnoop.so:noop\nparams: {x: 1.0}\n") as folder:
        folder.compile("noop.c")
        return 1000 * common.run([given.retrial, "run", "-q", "study.yaml"], folder.path).wall


def main():
    given = common.arguments(__doc__)
    cases = [("plain", ())]
    for program in ("mpiexec.mpich", "mpiexec.openmpi"):
        if shutil.which(program):
            extra = ["--allow-run-as-root", "--oversubscribe"] if "open" in program else []
            cases.append((f"{program} -n 4", (program, *extra, "-n", "4")))
    common.head(f"one trial that sleeps for {SECONDS} s, {given.runs} runs")
    results = common.rounds(given.runs, *(lambda case=case: idle(given, case[1]) for case in cases))
    for (name, _), values in zip(cases, results):
        common.say(f"all ranks while they wait, {name}", values, "% of a core", "goal: 1 a rank")
    (starts,) = common.rounds(given.runs, lambda: start(given))
    common.say("one trial of a C function, from shell to prompt", starts, "ms", "goal: 100")


if __name__ == "__main__":
    main()
