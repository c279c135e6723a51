#!/usr/bin/env python3
"""Cuts the power while a small study is recorded, at any place, ROUNDS times.

    tests/torture/power_cut.py BUILD-FOLDER ROUNDS [--mpi mpich|openmpi] [--seed N] [--resume SHARE]
                               [--traces N] [--plant BUG] [--until KIND] [--keep FOLDER]

A study is completed, extended, told to stop half-way (without an MPI), and completed, while
tests/disk.so records all that is done to the disk. Each round takes a place in this trace, makes
the store that a disk may hold if the power was cut there (lost_power.py), and looks at it with the
program itself:

    damaged   `retrial check` is not content
    lost      a trial lacks its result that was acknowledged: its agent had emptied its spool of it,
              or its launch had ended
    unknown   a trial had started, and the store knows of no lease and no attempt of it
    ahead     the index knows of more than the journal
    resume    (a share of the rounds) the same command does not end with the results, seeds and
              trials of an uninterrupted run, one ok attempt for each, and a whole store; or runs
              again what was recorded

--plant records with a bug that tests/planted/retrial has (planted.c), --until ends with the round
that finds that kind, --keep keeps the folders, as the cut left them, of the rounds that found
something. The exit code is 1 if anything was found.
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

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lost_power

TRIALS = 16
GROUP = 20  # rounds
MODEL = '''import os
import time


def train(x):
    with open(os.environ["RAN"], "a") as ran:
        ran.write("<%d>" % x)
    time.sleep(0.002)
    print("ended<%d>" % x)
    print("y" * (3000 + 400 * (x % 5)))
    return {"loss": x * 0.5, "text": "z" * (500 * (x % 12))}
'''
STUDY = 'name: small\nentry: model.py:train\nsweep: {x: "1:%d:1"}\nlimits: {retries: 20}\n'
LAUNCHERS = {
    "plain": [],
    "mpich": ["mpiexec.mpich", "-n", "2"],
    "openmpi": ["mpiexec.openmpi", "--allow-run-as-root", "--oversubscribe", "-n", "2"],
}
KINDS = ("lost", "unknown", "ahead", "damaged", "resume")
RESULTS = ("SELECT x, replicate, seed, loss, length(text) AS size FROM small "
           "WHERE outcome = 'ok' ORDER BY x")
OK_ORDINALS = "SELECT ordinal FROM \"small.attempts\" WHERE outcome = 'ok'"
KNOWN = ("SELECT ordinal FROM \"small.attempts\" UNION SELECT first + value FROM lease, "
         "(WITH RECURSIVE n(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM n "
         "WHERE value < 99) SELECT value FROM n) WHERE value < count")

NAMES = {"w": "write", "d": "write through", "t": "resize", "b": "begin of a sync",
         "a": "begin of a sync of all", "e": "end of a sync", "c": "new file",
         "m": "new folder", "s": "new link", "r": "rename", "u": "removal"}


class Torture:
    def __init__(self, options):
        self.build = os.path.realpath(options.build)
        self.options = options
        self.work = os.path.realpath(tempfile.mkdtemp(prefix="retrial-power."))
        self.here = self.work + "/here"
        self.random = random.Random(options.seed)
        self.kept = self.work + "/kept"
        self.counts = collections.Counter()
        self.hit = collections.Counter()
        self.found = collections.Counter()
        self.reference = None

    def environment(self):
        return {"PATH": self.build + ":/usr/bin:/bin", "HOME": self.work, "LC_ALL": "C.UTF-8",
                "RETRIAL_MODULES": self.build + "/lib/retrial",
                "RETRIAL_SPOOL": self.here + "/spool", "RAN": self.here + "/ran",
                "TMPDIR": self.work}

    def study(self, trials=TRIALS):
        os.makedirs(self.here + "/study", exist_ok=True)
        with open(self.here + "/study/model.py", "w") as file:
            file.write(MODEL)
        with open(self.here + "/study/small.yaml", "w") as file:
            file.write(STUDY % trials)

    def say(self, *command):
        return subprocess.run(["retrial", *command], cwd=self.here + "/study",
                              env=self.environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)

    def query(self, sql):
        done = self.say("query", "--csv", sql)
        if done.returncode:
            raise RuntimeError("query ended with %d: %s" % (done.returncode, done.stderr.strip()))
        return done.stdout.splitlines()[1:]

    def launch(self, recorded):
        """Starts the study in a process group of its own."""
        more = {}
        program = "retrial"
        if recorded:
            state = self.work + "/state"
            with open(state, "wb") as file:
                file.write(bytes(16))
            more = {"LD_PRELOAD": self.build + "/tests/disk.so", "DISK_STATE": state,
                    "DISK_UNDER": self.here, "DISK_TRACE": self.work + "/trace"}
            if self.options.plant:
                program = self.build + "/tests/planted/retrial"
                more["RETRIAL_PLANT"] = self.options.plant
        command = LAUNCHERS[self.options.mpi] + ["env"] + ["%s=%s" % pair for pair in more.items()]
        command += [program, "run", "-q", "-j", "2", "small.yaml"]
        return subprocess.Popen(command, cwd=self.here + "/study", env=self.environment(),
                                stdin=subprocess.DEVNULL, start_new_session=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def complete(self, recorded):
        process = self.launch(recorded)
        said, _ = process.communicate(timeout=120)
        if process.returncode:
            raise RuntimeError("the study ended with %d: %s" % (process.returncode, said))

    def record(self):
        """A launch that completes half of the trials, one that is told to stop, and the rest."""
        shutil.rmtree(self.here, ignore_errors=True)
        trace = self.work + "/trace"
        os.mkdir(self.here)
        if os.path.exists(trace):
            os.unlink(trace)
        self.study(TRIALS // 2)
        inodes = {path: os.stat(path).st_ino for path in (self.here, self.here + "/study")}
        ends = []
        self.complete(True)
        ends.append((os.path.getsize(trace), TRIALS // 2))
        self.study()
        process = self.launch(True)
        time.sleep(self.random.uniform(0.05, 0.3))
        if self.options.mpi == "plain":
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)
        self.complete(True)
        ends.append((os.path.getsize(trace), TRIALS))
        self.take(inodes, trace, ends)

    def take(self, inodes, trace, ends):
        self.inodes = inodes
        self.events = lost_power.read_trace(trace)
        self.told = self.acknowledged(ends)
        disk = lost_power.Disk(inodes, False)
        for event in self.events:
            disk.step(event)
        ours = ("study/model.py", "study/small.yaml")
        blind = [path for path in lost_power.differences(disk, self.here) if path not in ours]
        if blind:
            raise RuntimeError("the trace does not know what was written to %s" % ", ".join(blind))
        shutil.rmtree(self.work + "/recorded", ignore_errors=True)
        os.rename(self.here, self.work + "/recorded")  # the store after a cut is where it was

    def acknowledged(self, ends):
        """For each event: the trials that had started, and those whose result was acknowledged."""
        told = []
        started, acknowledged, spools = set(), set(), {}
        place = 0
        for event in self.events:
            place += event.size()
            if event.path == self.here + "/ran":
                started = started | {int(x) for x in re.findall(rb"<(\d+)>", event.data)}
            elif event.path.startswith(self.here + "/spool/"):
                spool = spools.setdefault(event.path, set())
                if event.kind == "w":
                    spool.update(int(x) for x in re.findall(rb"ended<(\d+)>", event.data))
                elif (event.kind == "t" and event.at == 0) or event.kind == "u":
                    acknowledged = acknowledged | spool
                    spools[event.path] = set()
            for end, trials in ends:
                if place >= end and not acknowledged.issuperset(range(1, trials + 1)):
                    acknowledged = acknowledged | set(range(1, trials + 1))
            told.append((started, acknowledged))
        if not any(acknowledged for _, acknowledged in told[:len(told) // 2]):
            raise RuntimeError("no agent ever emptied its spool")
        return told

    def places(self, count):
        """Half of them anywhere, half where journal, objects, index and spools are changed."""
        busy = [i for i, event in enumerate(self.events)
                if re.search("/(journal|objects|index|spool)", event.path)]
        anywhere = range(len(self.events))
        pick = self.random.choice
        return [pick(pick((busy, anywhere))) for _ in range(count)]

    def rounds(self, first, count):
        """In groups, so that the disk need not be followed anew for each, and all come early."""
        numbers = range(first, first + count)
        places = self.places(count)
        for start in range(0, count, GROUP):
            for apart in (False, True):
                cuts = list(zip(places, numbers))[start + apart:start + GROUP:2]
                disk = lost_power.Disk(self.inodes, apart)
                after = 0
                for place, number in sorted(cuts):
                    while after <= place:
                        disk.step(self.events[after])
                        after += 1
                    self.round(number, place, disk)
                    if self.found[self.options.until]:
                        return

    def round(self, number, place, disk):
        event = self.events[place]
        chance = random.Random("%s %d %d" % (self.options.seed, number, place))
        self.hit[part_of(event.path), NAMES[event.kind]] += 1
        shutil.rmtree(self.here, ignore_errors=True)
        os.mkdir(self.here)
        write_out(disk.after_cut(chance, self.counts), self.here)
        self.study()
        if self.options.keep:
            shutil.rmtree(self.kept, ignore_errors=True)
            shutil.copytree(self.here, self.kept, symlinks=True)
        breaches = list(self.look(*self.told[place]))
        if not breaches and chance.random() < self.options.resume:
            self.counts["resumed"] += 1
            breaches = list(self.resume())
        for kind, what in breaches:
            self.found[kind] += 1
            if self.options.keep:
                os.makedirs(self.options.keep, exist_ok=True)
                shutil.copytree(self.kept, "%s/%d" % (self.options.keep, number),
                                symlinks=True, dirs_exist_ok=True)
            print("round %d, after event %d (%s of %s)%s: %s: %s" % (
                number, place, NAMES[event.kind], event.path[len(self.here) + 1:],
                ", folders apart" if disk.apart else "", kind, what), flush=True)

    def look(self, started, acknowledged):
        if not os.path.exists(self.here + "/study/.retrial"):
            if acknowledged or started:
                yield "lost", "there is no store"
            self.counts["no store yet"] += 1
            return
        check = self.say("check")
        if check.returncode:
            said = (check.stdout + check.stderr).strip()
            kind = "ahead" if "knows of event" in said else "damaged"
            yield kind, "check ended with %d: %s" % (check.returncode, said)
            return
        try:
            done = {int(x) for x in self.query("SELECT x FROM small WHERE outcome = 'ok'")}
            known = {int(x) for x in self.query(KNOWN)}
        except RuntimeError as error:
            if acknowledged or started:
                yield "lost", str(error)
            self.counts["no study yet"] += 1
            return
        self.counts["acknowledged results"] += len(acknowledged)
        self.counts["started trials"] += len(started)
        if acknowledged - done:
            yield "lost", "acknowledged and gone: %s" % sorted(acknowledged - done)
        if started - known:
            yield "unknown", "started without a lease: %s" % sorted(started - known)

    def resume(self):
        recorded = set()
        if self.say("query", "--csv", "SELECT 1 FROM small").returncode == 0:
            recorded = {int(x) for x in self.query(OK_ORDINALS)}
        if os.path.exists(self.here + "/ran"):
            os.unlink(self.here + "/ran")
        try:
            self.complete(False)
            results = self.query(RESULTS)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            yield "resume", str(error)
            return
        open(self.here + "/ran", "a").close()
        with open(self.here + "/ran") as file:
            again = {int(x) for x in re.findall(r"<(\d+)>", file.read())} & recorded
        if results != self.reference:
            yield "resume", "results differ: %s" % (set(results) ^ set(self.reference))
        if again:
            yield "resume", "recorded, and run again: %s" % sorted(again)
        count = self.query(OK_ORDINALS)
        if sorted(map(int, count)) != list(range(1, TRIALS + 1)):
            yield "resume", "not one ok attempt for each trial: %s" % count
        check = self.say("check")
        if check.returncode:
            yield "resume", "not whole in the end: %s" % (check.stdout + check.stderr).strip()

    def run(self):
        options = self.options
        os.mkdir(self.here)
        self.study()
        self.complete(False)
        self.reference = self.query(RESULTS)
        began = time.monotonic()
        share, rest = divmod(options.rounds, options.traces)
        number = 1
        for i in range(options.traces):
            count = share + (i < rest)
            self.record()
            self.counts["events recorded"] += len(self.events)
            self.rounds(number, count)
            number += count
            if self.found[options.until]:
                break
        self.report(time.monotonic() - began)

    def report(self, seconds):
        print("cuts after:", ", ".join("%s of %s %d" % (kind, part, count)
                                       for (part, kind), count in sorted(self.hit.items())))
        print("; ".join("%d %s" % (count, what) for what, count in sorted(self.counts.items())))
        plant = self.options.plant
        print("%s%s: %d power cuts, %d resumed, in %d s: %s" % (
            self.options.mpi, ", planted: " + plant if plant else "",
            sum(self.hit.values()), self.counts["resumed"], seconds,
            ", ".join("%d %s" % (self.found[kind], kind) for kind in KINDS)))


def part_of(path):
    for part in ("journal", "objects", "index.sqlite", "code.git", "spool", "work", "ran"):
        if "/" + part in path:
            return part
    return "others"


def write_out(found, here):
    """Puts what survived into a folder, as the next boot of the machine would find it."""
    for path, data in found.items():
        full = os.path.join(here, path)
        if data is None:
            os.makedirs(full, 0o700)
        elif isinstance(data, str):
            os.symlink(data, full)
        else:
            if os.path.basename(path) == "lock":
                data = re.sub(rb'"boot":"[0-9a-f]{8}', b'"boot":"00000000', data)
            with open(os.open(full, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(data)
            os.utime(full, (time.time() - 300,) * 2)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build")
    parser.add_argument("rounds", type=int)
    parser.add_argument("--mpi", choices=sorted(LAUNCHERS), default="plain")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--resume", type=float, default=0.1)
    parser.add_argument("--traces", type=int, default=1)
    parser.add_argument("--plant")
    parser.add_argument("--until", choices=KINDS)
    parser.add_argument("--keep")
    options = parser.parse_args()
    launcher = LAUNCHERS[options.mpi]
    if launcher and not shutil.which(launcher[0]):
        print("there is no %s" % launcher[0])
        return 77
    torture = Torture(options)
    try:
        torture.run()
    finally:
        shutil.rmtree(torture.work, ignore_errors=True)
    return 1 if sum(torture.found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
