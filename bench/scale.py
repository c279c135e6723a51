#!/usr/bin/env python3
"""The conductor with very many workers: agents and time are simulated, the conductor is the real one.

How much of the time it is idle says how far it is from its limit. What is measured is the time of the processor
that the conductor has, for state and messages; the disk is simulated, too.
"""
import json

import common

CASES = [
    (workers, length, seconds)
    for workers in (1000, 10000, 100000)
    for length, seconds in ((1, 20), (60, 240), (3600, 7200))
]


def main():
    given = common.arguments(__doc__)
    common.run(["cmake", "--build", given.build, "--target", "scale"])
    program = given.build / "bench" / "scale"
    common.head(f"simulated, {given.runs} runs")
    for case in CASES:
        rows = [json.loads(common.run([program, *case]).output) for _ in range(given.runs)]
        name = f"{rows[0]['workers']:,} workers, trials of {case[1]} s"
        common.say(name, [row["per_second"] for row in rows], "trials/s")
        common.say("    the conductor is idle", [row["idle_percent"] for row in rows], "%")
        common.say("    its time", [row["us_per_trial"] for row in rows], "us/trial")
        common.say("    workers are busy", [row["busy_percent"] for row in rows], "%")
        common.say("    memory, the simulation's included", [row["rss_mib"] for row in rows], "MiB")


if __name__ == "__main__":
    main()
