#!/usr/bin/env python3
"""How far the index is behind the journal while a study runs: the age of the oldest durable event that is not
in it yet, as the control socket of the launch tells it every 20 ms (docs/store-format.md).
"""
import json
import socket
import subprocess
import time

import common
import recording

PAUSE = 0.02


class Control:
    """The control socket of a launch."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("rw")

    def status(self):
        self.lines.write('{"do":"status"}\n')
        self.lines.flush()
        return json.loads(self.lines.readline())


def lags(process, store):
    """Milliseconds, now and then, until the launch ends."""
    control = None
    seen = []
    while process.poll() is None:
        time.sleep(PAUSE)
        try:
            control = control or Control(store / "control")
            status = control.status()
        except (OSError, ValueError):
            control = None  # it is being made, or is gone
            continue
        if 0 < sum(status.get("done", {}).values()) < status["planned"]:
            seen.append(status["lag_us"] / 1000)
    return sorted(seen)


def measure(given, entry, params, trials):
    """Trials a second from the first start to the last, the median of the lag, and the longest."""
    study = (
        f"name: lag\nentry: {entry}\nparams: {params}\n"
        f"sweep: {{x: {{from: 0, to: {trials - 1}, step: 1}}}}\n"
    )
    with common.Folder(study, "naps.py") as folder:
        folder.compile("noop.c")
        argv = [given.retrial, "run", "-q", "study.yaml"]
        process = subprocess.Popen(argv, cwd=folder.path, stderr=subprocess.DEVNULL)
        seen = lags(process, folder.path / ".retrial")
        if process.returncode or not seen:
            raise SystemExit(f"the launch ended with {process.returncode}, and was asked {len(seen)} times")
        ends = folder.query(given, "SELECT min(start_us) AS a, max(start_us) AS b FROM trial_1")[0]
    return trials / (ends["b"] - ends["a"]) * 1e6, seen[len(seen) // 2], seen[-1]


def main():
    given = common.arguments(__doc__, trials=1000000)
    rounds = int(recording.rounds_per_second() * 1e-5)
    cases = (
        ("Python functions of 10 us", "naps.py:compute", f"{{rounds: {rounds}}}", "goal: 1,000"),
        ("C functions that do nothing", "./libnoop.so:noop", "{a: 1}", ""),
    )
    common.head(f"{given.trials:,} trials, {given.runs} runs")
    results = common.rounds(
        given.runs, *(lambda case=case: measure(given, *case[1:3], given.trials) for case in cases)
    )
    for (name, _, _, goal), values in zip(cases, results):
        common.say(name, [value[0] for value in values], "trials/s")
        common.say("    the index is behind, median", [value[1] for value in values], "ms")
        common.say("    at most", [value[2] for value in values], "ms", goal)


if __name__ == "__main__":
    main()
