#!/usr/bin/env python3
"""How fast the index is filled from a journal, against bare loops over SQLite with rows like its own.

The index of a complete study is removed and made anew. What counts is the time of the processor until
all rows are in the database; ours includes reading and checking the journal, and applying its events to
the state. The rows of the bare loops come in order, without gaps; those of two workers do not.
"""
import common


NOTHING = "SELECT count(*) FROM noop WHERE 0"


def measure(given, folder):
    (folder.path / ".retrial" / "index.sqlite").unlink()
    made = common.run([given.retrial, "query", NOTHING], folder.path)
    level = common.run([given.retrial, "query", NOTHING], folder.path)
    return given.trials / (made.cpu - level.cpu)


def bare(given, how):
    with common.Folder() as folder:
        program = given.build / "bench" / "rows"
        return 1e6 / float(common.run([program, folder.path / "rows", given.trials, how]).output)


def main():
    given = common.arguments(__doc__, trials=500000)
    common.run(["cmake", "--build", given.build, "--target", "rows"])
    study = (
        f"name: noop\nentry: ./libnoop.so:noop\n{common.TEN_KEYS}"
        f"sweep: {{x: {{from: 0, to: {given.trials - 1}, step: 1}}}}\n"
    )
    with common.Folder(study) as folder:
        folder.compile("noop.c")
        common.run([given.retrial, "run", "-q", "study.yaml"], folder.path)
        results = common.rounds(
            given.runs,
            lambda: measure(given, folder),
            lambda: bare(given, "bind"),
            lambda: bare(given, "feed"),
            lambda: bare(given, "append"),
        )
    common.head(f"{given.trials:,} rows, {given.runs} runs; per second of one processor")
    common.say("the index, from the journal", results[0], "rows/s")
    common.say("bare loop, a statement for each row", results[1], "rows/s")
    common.say("bare loop, from a table in memory", results[2], "rows/s")
    common.say("bare loop, the same, numbered by SQLite", results[3], "rows/s")
    best = [ours / max(loops) for ours, *loops in zip(*results)]
    common.say("    ours of the fastest loop", best, "", "goal: 0.7")


if __name__ == "__main__":
    main()
