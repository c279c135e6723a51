#!/usr/bin/env python3
"""What waiting costs: ranks that wait for a long trial, how soon they react to one after a pause, and how
soon a short study is over."""
import shutil
import subprocess
import time

import common

SETTLE = 4  # seconds: an MPI takes one or two to start
SECONDS = 5
PAUSE = 0.05
DRIVER = """
import time
from retrial import drive
study = drive.connect()
def later():
    if study.args["busy"]: # keeps the worker of rank 0 away from the others
        yield {"length": 5 + 4 * study.args["n"] * study.args["pause"], "i": -1}
    for i in range(study.args["n"]):
        time.sleep(study.args["pause"])
        yield {"length": 0.0, "i": i}
for done in study.run(later()):
    pass
study.finish({})
"""


def idle(given, launcher):
    study = f"name: long\nentry: naps.py:nap\nparams: {{length: {SETTLE + SECONDS + 1}}}\n"
    with common.Folder(study, "naps.py") as folder:
        argv = [*launcher, given.retrial, "run", "-q", "-j", "1", "study.yaml"]
        process = subprocess.Popen(argv, cwd=folder.path, stderr=subprocess.DEVNULL)
        time.sleep(SETTLE)
        before = common.used(process.pid)
        time.sleep(SECONDS)
        spent = common.used(process.pid) - before
        if process.wait():
            raise SystemExit(f"the launch ended with {process.returncode}")
    return 100 * spent / SECONDS


def react(given, launcher):
    """Milliseconds from the lease of a trial until it starts, on the last rank, which had nothing to do."""
    busy = 1 if launcher else 0
    study = (
        "name: seldom\nentry: naps.py:nap\nspace: {length: 'uniform(0, 1)', i: 'uniform(0, 1e9)'}\n"
        f"driver: {{file: seldom.py, in_flight: {1 + busy}, args: {{n: {given.trials}, pause: {PAUSE},"
        f" busy: {busy}}}}}\n"
        "objective: {minimize: length}\n"
    )
    with common.Folder(study, "naps.py") as folder:
        (folder.path / "seldom.py").write_text(DRIVER)
        argv = [given.build / "bench" / "watch", folder.path / ".retrial"]
        watch = subprocess.Popen(argv, stdout=subprocess.PIPE)
        common.run([*launcher, given.retrial, "run", "-q", "-j", "1", "study.yaml"], folder.path)
        rows = [line.split() for line in watch.communicate()[0].splitlines()]
    late = [int(row[1]) / 1000 for row in rows if int(row[2]) == busy]
    if len(late) != given.trials:
        raise SystemExit(f"rank {busy} ran {len(late)} trials")
    return sorted(late[1:])  # the first has to import


def start(given):
    with common.Folder("name: one\nentry: ./libnoop.so:noop\nparams: {x: 1.0}\n") as folder:
        folder.compile("noop.c")
        return 1000 * common.run([given.retrial, "run", "-q", "study.yaml"], folder.path).wall


def main():
    given = common.arguments(__doc__, trials=100)
    common.run(["cmake", "--build", given.build, "--target", "watch"])
    cases = [("plain", (), ())]
    for program in ("mpiexec.mpich", "mpiexec.openmpi"):
        if shutil.which(program):
            extra = ["--allow-run-as-root", "--oversubscribe"] if "open" in program else []
            mpi = (program, *extra, "-n")
            cases.append((f"{program} -n 4", (*mpi, "4"), (*mpi, "2")))
    common.head(f"one trial that sleeps, over {SECONDS} s, {given.runs} runs")
    results = common.rounds(given.runs, *(lambda case=case: idle(given, case[1]) for case in cases))
    for (name, *_), values in zip(cases, results):
        common.say(f"all ranks while they wait, {name}", values, "% of a core", "goal: 1 a rank")
    results = common.rounds(given.runs, *(lambda case=case: react(given, case[2]) for case in cases))
    for (name, *_), runs in zip(cases, results):
        where = name.replace("-n 4", "-n 2, the other rank")
        common.say(f"lease to start after a pause, {where}", sum(runs, []), "ms")
        tail = [late[int(len(late) * 0.99)] for late in runs]
        common.say("    99 of 100", tail, "ms", "goal: 5, and a sync")
    (starts,) = common.rounds(given.runs, lambda: start(given))
    common.say("one trial of a C function, from shell to prompt", starts, "ms", "goal: 100")


if __name__ == "__main__":
    main()
