#!/usr/bin/env python3
"""What it takes to replay trials of a C function that does nothing, against running them.

A study is run, verified (every trial again, with the verdict), and replayed with one param changed.
The ratio is that of the processor time of whole commands, from start to a level index.
"""
import common

STUDY = "name: noop\nentry: ./libnoop.so:noop\n" + common.TEN_KEYS


def measure(given):
    with common.Folder(f"{STUDY}sweep: {{x: {{from: 0, to: {given.trials - 1}, step: 1}}}}\n") as folder:
        folder.compile("noop.c")
        ran = common.run([given.retrial, "run", "-q", "study.yaml"], folder.path).cpu
        verified = common.run([given.retrial, "verify", "noop", "-q"], folder.path).cpu
        changed = common.run([given.retrial, "replay", "noop", "-S", "x*=2", "-q"], folder.path).cpu
        rows = folder.query(given, "SELECT verdict, count(*) AS n FROM replays GROUP BY verdict ORDER BY verdict")
        # twice nothing is nothing: the first trial comes out as it was
        expected = [{"verdict": "DIFFERENT", "n": given.trials - 1}, {"verdict": "IDENTICAL", "n": given.trials + 1}]
        if rows != expected:
            raise SystemExit(f"wrong verdicts: {rows}")
        return ran / given.trials * 1e6, verified / ran, changed / ran


def main():
    given = common.arguments(__doc__, trials=100000)
    common.head(f"{given.trials:,} trials, {given.runs} runs")
    results = [measure(given) for _ in range(given.runs)]
    common.say("running a trial", [result[0] for result in results], "us")
    common.say("verify, times that", [result[1] for result in results], "")
    common.say("replay with a param changed, times that", [result[2] for result in results], "")


if __name__ == "__main__":
    main()
