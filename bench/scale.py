#!/usr/bin/env python3
"""The conductor with very many workers: agents and time are simulated, the conductor is the real one.

How much of the time it is idle says how far it is from its limit.
"""
import json

import common

CASES = [
    (workers, length, seconds)
    for workers in (1000, 10000, 100000)
    for length, seconds in ((1, 20), (60, 240), (3600, 7200))
]


def main():
    given = common.arguments(__doc__, runs=1)
    common.run(["cmake", "--build", given.build, "--target", "scale"])
    print(f"{'workers':>8} {'trial':>7} {'trials/s':>10} {'idle':>7} {'us/trial':>9} {'busy':>6} {'MiB':>6}")
    for workers, length, seconds in CASES:
        for _ in range(given.runs):
            program = given.build / "bench" / "scale"
            row = json.loads(common.run([program, workers, length, seconds]).output)
            print(
                f"{workers:>8,} {length:>5} s {row['per_second']:>10,.1f} {row['idle_percent']:>5.1f} %"
                f" {row['us_per_trial']:>9.2f} {row['busy_percent']:>4.1f} % {row['rss_mib']:>5.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
