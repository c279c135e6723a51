#!/usr/bin/env python3
"""Where the time of a short trial goes: perf samples a study of a C function that does nothing. Microseconds of
the processor by layer and by whose code it is, and what a bare loop needs for the same (bench/loops.c).

The layers are told apart by process and thread: workers are other processes than rank 0; of its threads one
has the agent, the conductor and the journal, another the index.
"""
import collections
import os
import re
import shutil
import subprocess
import sys

import common

LINE = re.compile(r"^\s*(\d+)/(\d+)\s+(\d+)\s.*\(([^)]*)\)$")
WHOSE = (
    ("sqlite", "SQLite"),
    ("liblmdb", "LMDB"),
    ("libcrypto", "SHA-256"),
    ("libjansson", "jansson"),
    ("libnoop", "the model"),
    ("kernel", "the kernel"),
    ("vdso", "clocks"),
    ("libc.", "the C library"),
    ("libm.", "the C library"),
    ("retrial", "ours"),
)
FLOORS = {
    "workers": (("clock", "a call between two readings of the clock"),),
    "agent, conductor, journal": (("journal", "LMDB with the same bytes, SHA-256 and syncs"),),
    "index": (("rows", "SQLite with the same rows"),),
}


def whose(file):
    name = "kernel" if "kernel" in file else os.path.basename(file)
    return next((owner for part, owner in WHOSE if part in name), "other")


def samples(data):
    """(process, thread, whose, nanoseconds) of each sample."""
    argv = ["perf", "script", "-i", data, "-F", "pid,tid,period,ip,dso"]
    for line in subprocess.run(argv, check=True, capture_output=True, text=True).stdout.splitlines():
        match = LINE.match(line)
        if match:
            yield int(match[1]), int(match[2]), whose(match[4]), int(match[3])


def layers(data):
    """Nanoseconds by (layer, whose)."""
    by_thread = collections.Counter()
    seen = list(samples(data))
    for pid, tid, _, time in seen:
        by_thread[pid, tid] += time
    first = seen[0][0]
    others = [thread for thread in by_thread if thread[0] == first and thread[1] != first]
    index = max(others, key=by_thread.get)
    sums = collections.Counter()
    for pid, tid, owner, time in seen:
        if pid != first:
            layer = "workers"
        elif (pid, tid) == index:
            layer = "index"
        elif tid == pid:
            layer = "agent, conductor, journal"
        else:
            layer = "other threads"
        sums[layer, owner] += time
    return sums


def measure(given):
    """Microseconds a trial by (layer, whose), without those of a study of two trials."""
    sums = []
    for trials in (2, given.trials):
        study = (
            f"name: noop\nentry: ./libnoop.so:noop\n{common.TEN_KEYS}"
            f"sweep: {{x: {{from: 0, to: {trials - 1}, step: 1}}}}\n"
        )
        with common.Folder(study) as folder:
            folder.compile("noop.c")
            data = folder.path / "perf.data"
            argv = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "1999", "-o", data]
            common.run([*argv, given.retrial, "run", "-q", "study.yaml"], folder.path)
            sums.append(layers(data))
    return {key: (time - sums[0][key]) / (given.trials - 2) / 1000 for key, time in sums[1].items()}


def floor(given, kind):
    with common.Folder() as folder:
        if kind == "rows":
            argv = [given.build / "bench" / "rows", folder.path / "rows", given.trials, "feed"]
        else:
            argv = [given.build / "bench" / "loops", kind, folder.path, given.trials]
        return float(common.run(argv).output.split()[-1])


def main():
    given = common.arguments(__doc__, trials=1000000)
    if not shutil.which("perf"):
        sys.exit("there is no perf: it comes with Debian's linux-perf")
    for target in ("loops", "rows"):
        common.run(["cmake", "--build", given.build, "--target", target])
    kinds = [(layer, kind, what) for layer, floors in FLOORS.items() for kind, what in floors]
    runs, *floors = common.rounds(
        given.runs, lambda: measure(given), *(lambda kind=kind: floor(given, kind) for _, kind, _ in kinds)
    )
    common.head(f"{given.trials:,} trials, {given.runs} runs; microseconds of the processor")
    keys = {key for run in runs for key in run}
    for layer in sorted({layer for layer, _ in keys}):
        whole = [sum(time for (of, _), time in run.items() if of == layer) for run in runs]
        common.say(layer, whole, "us/trial")
        owners = [owner for of, owner in keys if of == layer]
        for owner in sorted(owners, key=lambda owner: -runs[0].get((layer, owner), 0)):
            values = [run.get((layer, owner), 0) for run in runs]
            if max(values) >= 0.005:
                common.say(f"    {owner}", values, "us/trial")
        for (of, _, what), values in zip(kinds, floors):
            if of == layer:
                common.say(f"    floor: {what}", values, "us")
    common.say("all", [sum(run.values()) for run in runs], "us/trial")


if __name__ == "__main__":
    main()
