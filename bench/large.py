#!/usr/bin/env python3
"""Large things: a result of 100 MB, a thousand workers, 4,096 values of one axis, params of 1 MB."""
import json

import common


def measure(given, study, *options):
    with common.Folder(study, "naps.py") as folder:
        use = common.run([given.retrial, "run", "-q", *options, "study.yaml"], folder.path)
        return use.wall, use.peak_mib


def main():
    given = common.arguments(__doc__)
    weights = json.dumps({f"w{i}": i / 7 for i in range(45000)})
    values = ", ".join(str(i) for i in range(4096))
    cases = {
        "a result of 100 MB": ("name: a\nentry: naps.py:large\nparams: {bytes: 100000000}\n",),
        "1,000 workers, 2,000 trials of 1 s": (
            "name: a\nentry: naps.py:nap\nparams: {length: 1}\nreplicates: 2000\n",
            "-j",
            "1000",
        ),
        "4,096 values of one axis": (
            f"name: a\nentry: naps.py:write\nsweep: {{x: [{values}]}}\n",
        ),
        "100 trials with params of 1 MB": (
            f"name: a\nentry: naps.py:wide\nparams: {{weights: {weights}}}\nreplicates: 100\n",
        ),
    }
    common.head(f"{given.runs} runs")
    for name, case in cases.items():
        (results,) = common.rounds(given.runs, lambda case=case: measure(given, *case))
        common.say(name, [wall for wall, _ in results], "s")
        common.say("    largest process", [peak for _, peak in results], "MiB")


if __name__ == "__main__":
    main()
