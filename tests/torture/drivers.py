#!/usr/bin/env python3
"""Kills the driven studies of examples/ at random instants, and runs them again.

    tests/torture/drivers.py BUILD-FOLDER [--kills N] [--example NAME ...] [--resume MODE ...]
                             [--mpi plain|mpich|openmpi] [--seed N] [--keep FOLDER]

For each example and each way to go on (replay, tell, and state where the driver saves one) its
study, with the driver as it is and trials made short, is launched again and again; each launch is
hit by SIGKILL at a random instant, N times in all: rank 0, the driver, a worker (whoever is last in
the line from nursery over template to worker), under MPI an agent, or all at once. A study that
comes to its end before is begun anew. After each blow

    damaged    `retrial check` is not content
    forgotten  what had been asked for is no longer the beginning of what was
    diverged   the driver, run again, asked for something else than it had
    repeated   a trial that was recorded as ended ran again, or an attempt ran twice

are counted; a trial that had ended and was not yet recorded may run again. At the end of a study

    incomplete  it did not end well, has not one ok attempt for each trial, or lacks trials
    different   it asked for other trials than one that nobody hit (where that is not a matter of
                which trial ends first: algorithms that wait for whole batches)

The last lines are the counts for each example, and how fast its decisions alone are answered from
the record (`retrial replay --driver-only`, the start of its interpreter included).
"""
import argparse
import collections
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAUNCHERS = {
    "plain": [],
    "mpich": ["mpiexec.mpich", "-n", "2"],
    "openmpi": ["mpiexec.openmpi", "--allow-run-as-root", "--oversubscribe", "-n", "2"],
}
DRIVER = b"RETRIAL_DRIVER_IN="
AGENT = re.compile(rb"\0(PMI_RANK|OMPI_COMM_WORLD_RANK)=[1-9]")  # rank 0 is hit as the conductor
KINDS = ("damaged", "forgotten", "diverged", "repeated", "incomplete", "different")

# The model, and a line for each time that it ran.
PYTHON = '''import os
import time

from {module} import {function}


def witnessed({takes}):
    result = {function}({gives})
    time.sleep({pause})
    with open(os.environ["RAN"], "a") as ran:
        ran.write("%d %d\\n" % (trial.ordinal, trial.attempt))
    return result
'''
C = r'''#include "model.c"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int witnessed(const struct retrial_trial *trial, struct retrial_result *result)
{
    FILE *ran = fopen(getenv("RAN"), "a");
    int rc = y(trial, result);

    usleep(10000);
    fprintf(ran, "%s %u\n", strchr(trial->id, '.') + 1, (unsigned)trial->attempt);
    fclose(ran);
    return rc;
}
'''
Example = collections.namedtuple("Example", "folder file needs resumes batches model more trials")
KNOBS = ["lr", "momentum", "batch", "decay", "layers", "units", "epochs"]


def model(module, function, takes, pause):
    given = ", ".join(f"{name}={name}" for name in takes)
    return dict(module=module, function=function, takes=", ".join([*takes, "trial"]),
                gives=given or "trial", pause=pause)  # fmt: skip


EXAMPLES = {
    "hpo": Example("hpo", "hpo.yaml", "import optuna, sklearn", ("replay", "tell"), False,
                   model("model", "train", KNOBS, 0), "params: {epochs: 1}", 20),
    "objective": Example("hpo", "objective.yaml", "import optuna, sklearn", ("replay", "tell"), False,
                         model("objective", "objective", [], 0), "", 20),
    "tpe": Example("closed-form", "tpe.yaml", "import optuna", ("replay", "tell"), False,
                   model("model", "y", ["x"], 0.01), "", 30),
    "genetic": Example("closed-form", "genetic.yaml", "import deap", ("replay", "tell"), True,
                       model("model", "y", ["x"], 0.01), "", None),
    "r": Example("closed-form", "r.yaml", "import shutil; assert shutil.which('Rscript')",
                 ("replay", "tell"), True, None, "", None),
    "climb": Example("closed-form", "climb.yaml", "", ("replay", "tell", "state"), False,
                     model("model", "y", ["x"], 0.01), "", 60),
}  # fmt: skip


class Study:
    """A folder with an example and its witness; `asked`, `ended` and `ran` are as of the last look."""

    def __init__(self, folder, example, name, resume, arguments):
        self.folder, self.example, self.name = folder, example, name
        self.retrial = os.path.join(os.path.realpath(arguments.build), "retrial")
        self.launcher = LAUNCHERS[arguments.mpi]
        self.trials = None
        shutil.copytree(os.path.join(SOURCE, "examples", example.folder), folder)
        # What is written beside the code is no part of it.
        self.env = dict(os.environ, RAN=folder + ".ran", HOME=folder, LC_ALL="C.UTF-8",
                        PATH=os.path.realpath(arguments.build) + ":/usr/bin:/bin")  # fmt: skip
        for variable in ("RETRIAL_STORE", "RETRIAL_COMM", "RETRIAL_SPOOL"):
            self.env.pop(variable, None)
        self._write(resume)
        self.anew()

    def _write(self, resume):
        entry = "witness.py:witnessed"
        if self.example.file == "objective.yaml":  # before it is run as a script
            with open(os.path.join(self.folder, "objective.py"), encoding="utf-8") as file:
                head, study, tail = file.read().partition("study = ")
            witness = PYTHON.format(**self.example.model).replace("from objective import objective\n", "")
            self._put("witness.py", head + witness + study + tail)
        elif self.example.model:
            self._put("witness.py", PYTHON.format(**self.example.model))
        else:
            self._put("witness.c", C)
            public = os.path.join(SOURCE, "engine", "public")
            subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-I", public, "-o", "libwitness.so",
                            "witness.c", "-lm"], cwd=self.folder, check=True)  # fmt: skip
            entry = "./libwitness.so:witnessed"
        with open(os.path.join(self.folder, self.example.file), encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"(?m)^(name|entry): .*\n", "", re.sub(r", resume: \w+", "", text))
        text = text.replace("driver: {", f"driver: {{resume: {resume}, ")
        if self.example.trials:
            text = re.sub(r"trials: \d+", f"trials: {self.example.trials}", text)
        self._put("killed.yaml", f"name: killed\nentry: {entry}\nlimits: {{retries: 50}}\n{text}"
                  f"{self.example.more}\n")  # fmt: skip

    def _put(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def anew(self):
        shutil.rmtree(os.path.join(self.folder, ".retrial"), ignore_errors=True)
        open(self.env["RAN"], "w").close()
        self.asked, self.ended, self.ran = [], set(), []

    def launch(self):
        words = [*self.launcher, self.retrial, "run", "-q", "-j", "2", "--silence", "3", "killed.yaml"]
        self.output = tempfile.TemporaryFile()
        return subprocess.Popen(words, cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
                                stdout=self.output, stderr=self.output, start_new_session=True)  # fmt: skip

    def said(self):
        self.output.seek(0)
        return self.output.read().decode("utf-8", "replace")

    def ask(self, sql):
        """Rows of a question; none while there is no such table yet."""
        done = subprocess.run([self.retrial, "query", "--csv", sql], cwd=self.folder, env=self.env,
                              capture_output=True, text=True)  # fmt: skip
        return done.stdout.splitlines()[1:] if done.returncode == 0 else []

    def check(self):
        if not os.path.exists(os.path.join(self.folder, ".retrial", "format")):
            return True
        done = subprocess.run([self.retrial, "check"], cwd=self.folder, env=self.env,
                              capture_output=True, text=True)  # fmt: skip
        self.checked = done.stdout + done.stderr
        return done.returncode == 0

    def processes(self):
        """The living processes of this study: number to (parent, environment)."""
        mark, found = b"RAN=" + self.env["RAN"].encode() + b"\0", {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    environment = file.read()
                with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                    state, parent = file.read().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if mark in environment and state != "Z":
                found[int(pid)] = (int(parent), environment)
        return found

    def some(self, whom):
        """Numbers of those who are to be hit: none if there is none now."""
        living = self.processes()
        if whom == "driver":
            return [pid for pid, (_, environment) in living.items() if DRIVER in environment]
        ranks = [pid for pid, (parent, environment) in living.items()
                 if AGENT.search(environment) and not AGENT.search(living.get(parent, (0, b""))[1])]  # fmt: skip
        if whom == "agent":
            return ranks[:1]
        parents = {parent for parent, _ in living.values()}
        rank_0 = self.conductor()
        leaves = [pid for pid, (_, environment) in living.items()
                  if pid not in parents and pid not in rank_0 + ranks and DRIVER not in environment
                  and self._is_retrial(pid)]  # fmt: skip
        return leaves[-1:]

    def _is_retrial(self, pid):
        try:
            return os.readlink(f"/proc/{pid}/exe") == self.retrial
        except OSError:
            return False

    def conductor(self):
        try:
            with open(os.path.join(self.folder, ".retrial", "lock"), encoding="utf-8") as file:
                pid = file.read().partition('"pid":')[2].partition(",")[0]
            return [int(pid.strip("} \n"))]
        except (OSError, ValueError):
            return []


def hit(study, launch, whom):
    """Strikes; whether somebody was there."""
    if launch.poll() is not None:
        return False
    if whom == "all":
        os.killpg(launch.pid, signal.SIGKILL)
        return True
    pids = study.conductor() if whom == "conductor" else study.some(whom)
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
    return bool(pids)


def settle(study, launch):
    """Until the processes of a launch are gone; those that stay."""
    try:
        launch.wait(300)
    except subprocess.TimeoutExpired:
        os.killpg(launch.pid, signal.SIGKILL)
        launch.wait()
        return ["the launch, which did not end"]
    for _ in range(300):
        left = list(study.processes())
        if not left:
            return []
        time.sleep(0.05)
    return left


class Round:
    """What was found with one example and one way to go on."""

    def __init__(self, name, resume, keep):
        self.name, self.resume, self.keep = name, resume, keep
        self.found = collections.Counter()
        self.blows = collections.Counter()
        self.studies = self.answered = self.again = 0
        self.seconds = 0.0

    def breach(self, kind, text, study):
        self.found[kind] += 1
        blow = sum(self.blows.values())
        print(f"{self.name}, {self.resume}, blow {blow}: {kind}: {text}")
        print("    " + "\n    ".join(study.said().splitlines()[-6:]), flush=True)
        if self.keep:
            shutil.copytree(study.folder, os.path.join(self.keep, f"{self.name}-{self.resume}-{blow}"),
                            ignore=shutil.ignore_patterns("control"), dirs_exist_ok=True)  # fmt: skip

    def look(self, study):
        """At what a launch has left, hit or not."""
        if not study.check():
            self.breach("damaged", study.checked[-500:], study)
        asked = study.ask("SELECT ordinal, id, params FROM proposal ORDER BY ordinal")
        if asked[: len(study.asked)] != study.asked:
            self.breach("forgotten", f"{len(study.asked)} had been asked for", study)
        diverged = study.ask("SELECT detail FROM driver WHERE what = 'diverge'")
        if diverged:
            self.breach("diverged", str(diverged)[:1000], study)
        with open(study.env["RAN"], encoding="ascii") as file:
            ran = file.read().splitlines()
        now = ran[len(study.ran) :]
        twice = [line for line, n in collections.Counter(ran).items() if n > 1]
        repeated = {line.split()[0] for line in now} & study.ended
        if twice or repeated:
            self.breach("repeated", f"attempts {twice}, trials {repeated}", study)
        before = {line.split()[0] for line in study.ran}
        self.again += len({line.split()[0] for line in now} & before)
        study.asked, study.ran = asked, ran
        study.ended = set(study.ask('SELECT DISTINCT ordinal FROM "killed.attempts" WHERE outcome IN '
                                    "('ok', 'pruned')"))  # fmt: skip

    def end(self, study, code, whole):
        """A study that was left to come to its end."""
        self.studies += 1
        twice = study.ask("SELECT ordinal FROM \"killed.attempts\" WHERE outcome IN ('ok', 'pruned') "
                          "GROUP BY ordinal HAVING count(*) > 1")  # fmt: skip
        if code != 0 or twice or len(study.ended) != len(study.asked) or not study.asked:
            self.breach("incomplete", f"code {code}, {len(study.ended)} of {len(study.asked)} trials, "
                        f"twice {twice}", study)  # fmt: skip
        if whole and study.asked != whole and (study.example.batches or len(study.asked) != len(whole)):
            first = next((i for i, (a, b) in enumerate(zip(whole, study.asked)) if a != b), None)
            self.breach("different", f"{len(study.asked)} trials were asked for, not {len(whole)}; "
                        f"the first that differs: {first}", study)  # fmt: skip
        began = time.monotonic()
        done = subprocess.run([study.retrial, "replay", "killed", "--driver-only"], cwd=study.folder,
                              env=study.env, capture_output=True, text=True)  # fmt: skip
        if self.resume == "replay" and done.returncode != 0:
            self.breach("diverged", "by itself: " + done.stdout[-500:] + done.stderr[-500:], study)
        self.seconds += time.monotonic() - began
        self.answered += len(study.asked)

    def line(self):
        hits = ", ".join(f"{n} {whom}" for whom, n in sorted(self.blows.items()))
        found = ", ".join(f"{self.found[kind]} {kind}" for kind in KINDS)
        return (f"{self.name}, {self.resume}: {sum(self.blows.values())} blows ({hits}), "
                f"{self.studies} studies: {found}; {self.again} ran again that had ended unrecorded; "
                f"{self.answered / max(self.seconds, 1e-9):.0f} answers/s")  # fmt: skip


def torture(example, name, resume, arguments, work, rng):
    """All blows for one example and one way to go on; a Round."""
    round_ = Round(name, resume, arguments.keep)
    whoms = ["conductor", "conductor", "all", "driver", "worker"]
    whoms += ["agent"] if LAUNCHERS[arguments.mpi] else []
    study = Study(os.path.join(work, f"{name}-{resume}"), example, name, resume, arguments)
    began = time.monotonic()
    settle(study, launch := study.launch())
    span = time.monotonic() - began
    round_.look(study)
    round_.end(study, launch.returncode, None)
    whole, hits = study.asked, 0
    study.anew()
    while hits < arguments.kills or study.asked:
        launch = study.launch()
        blow = hits < arguments.kills
        if blow:
            whom = rng.choice(whoms)
            deadline = time.monotonic() + rng.uniform(0, span)
            while time.monotonic() < deadline and launch.poll() is None:
                time.sleep(0.002)
            while not (struck := hit(study, launch, whom)) and launch.poll() is None:
                time.sleep(0.005)  # who is wanted is not there yet
            blow = struck
        left = settle(study, launch)
        if left:
            round_.breach("incomplete", f"left behind: {left}", study)
        if blow:
            hits += 1
            round_.blows[whom] += 1
        round_.look(study)
        if not blow and (launch.returncode == 0 or hits >= arguments.kills):
            round_.end(study, launch.returncode, whole)
            study.anew()
    print(round_.line(), flush=True)
    return round_


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--example", nargs="*", default=list(EXAMPLES), choices=EXAMPLES)
    parser.add_argument("--resume", nargs="*", default=["replay", "tell", "state"])
    parser.add_argument("--mpi", default="plain", choices=LAUNCHERS)
    parser.add_argument("--seed", type=int, default=os.getpid())
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    if LAUNCHERS[arguments.mpi] and not shutil.which(LAUNCHERS[arguments.mpi][0]):
        print(f"there is no {LAUNCHERS[arguments.mpi][0]}")
        return 77
    rng, rounds = random.Random(arguments.seed), []
    with tempfile.TemporaryDirectory(prefix="retrial-drivers.") as work:
        for name in arguments.example:
            example = EXAMPLES[name]
            if subprocess.run(["/usr/bin/python3", "-c", example.needs], stderr=subprocess.DEVNULL).returncode:
                print(f"{name}: left out, as `{example.needs}` fails")
                continue
            rounds += [
                torture(example, name, resume, arguments, work, rng)
                for resume in example.resumes
                if resume in arguments.resume
            ]
    total = sum((one.found for one in rounds), collections.Counter())
    blows = sum(sum(one.blows.values()) for one in rounds)
    print(f"{arguments.mpi}: {blows} blows: " + ", ".join(f"{total[kind]} {kind}" for kind in KINDS))
    if not rounds:
        return 77
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
