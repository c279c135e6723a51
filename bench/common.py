"""What the benchmarks share: running Retrial in an empty folder, repeating, and saying figures.

Every figure is the minimum, median and maximum of several runs. Speeds of ours and of what they are
compared with are measured in turn, on the same machine, in the same minutes: only their ratio says
much.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent
TEN_KEYS = "params: {a: 1, b: 2.5, c: text, d: [1, 2], e: true, f: 0.1, g: 7, h: other, i: -3}\n"


def arguments(description, runs=5, **numbers):
    """The command line: --build, --runs, and the numbers that the benchmark may be given."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--build", default=str(SOURCE / "build"), help="folder with the programs")
    parser.add_argument("--runs", type=int, default=runs)
    for name, default in numbers.items():
        parser.add_argument("--" + name.replace("_", "-"), type=type(default), default=default)
    given = parser.parse_args()
    given.build = pathlib.Path(given.build).resolve()
    given.retrial = str(given.build / "retrial")
    return given


class Use:
    """What a command took: seconds on the wall and of processors, and the largest process in MiB."""

    def __init__(self, wall, before, after, peak_kib):
        self.wall = wall
        self.cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
        self.peak_mib = peak_kib / 1024


def run(argv, folder=None, expect=0, **variables):
    """Runs a command to its end; its output is shown only if it ends otherwise than expected."""
    argv = [str(part) for part in argv]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    process = subprocess.Popen(
        argv,
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = process.stdout.read().decode(errors="replace")
    _, status, use = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - start
    if process.returncode != expect:
        sys.exit(f"{' '.join(argv)} ended with {process.returncode}:\n{output}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = Use(wall, before, after, use.ru_maxrss)
    used.output = output
    return used


def family(pid):
    """The process and all that descend from it."""
    members = [pid]
    for member in members:
        for task in pathlib.Path(f"/proc/{member}/task").glob("*/children"):
            members += [int(child) for child in task.read_text().split()]
    return members


def used(pid):
    """Seconds of processors that the ranks of a launch, and all else that belongs to it, have had."""
    ticks = 0
    for member in family(pid):
        fields = pathlib.Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Folder:
    """An empty folder with a study and its model, gone at the end."""

    def __init__(self, study=None, *models):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="retrial-bench-"))
        for model in models:
            shutil.copy(HERE / "models" / model, self.path)
        if study:
            (self.path / "study.yaml").write_text(study)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        shutil.rmtree(self.path, ignore_errors=True)

    def compile(self, source):
        """A shared library of a C model, named like it."""
        library = self.path / ("lib" + pathlib.Path(source).stem + ".so")
        include = SOURCE / "engine" / "public"
        run(["cc", "-O2", "-fPIC", "-shared", f"-I{include}", "-o", library, HERE / "models" / source])
        return library

    def query(self, given, sql):
        """Rows of an answer."""
        argv = [given.retrial, "query", "--json", sql]
        return json.loads(subprocess.run(argv, cwd=self.path, check=True, capture_output=True).stdout)

    def store_bytes(self):
        files = (self.path / ".retrial").rglob("*")
        return sum(file.stat().st_size for file in files if file.is_file())


def rounds(count, *measures):
    """Calls each in turn, count times; a list of results for each."""
    results = [[] for _ in measures]
    for _ in range(count):
        for measure, list_ in zip(measures, results):
            list_.append(measure())
    return results


def say(what, values, unit, goal=""):
    """One row: minimum, median and maximum."""
    low, middle, high = min(values), statistics.median(values), max(values)
    print(f"{what:<58} {low:>12,.4g} {middle:>12,.4g} {high:>12,.4g}  {unit:<12} {goal}", flush=True)
    return middle


def head(title):
    print(f"\n{title}\n{'':<58} {'min':>12} {'median':>12} {'max':>12}", flush=True)
