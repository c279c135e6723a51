#!/usr/bin/env python3
"""Questions to a study of a million trials, against a hand-made table of just the two columns."""
import sqlite3

import common

LEVELS = 20


def main():
    given = common.arguments(__doc__, trials=1000000)
    study = (
        f"name: noop\nentry: ./libnoop.so:noop\n{common.TEN_KEYS}"
        f"sweep: {{noise: {{from: 1, to: {LEVELS}, step: 1}},"
        f" x: {{from: 1, to: {given.trials // LEVELS}, step: 1}}}}\n"
    )
    with common.Folder(study) as folder:
        folder.compile("noop.c")
        common.run([given.retrial, "run", "-q", "study.yaml"], folder.path)
        index = folder.path / ".retrial" / "index.sqlite"
        hand = folder.path / "hand.sqlite"
        db = sqlite3.connect(hand)
        db.execute("CREATE TABLE noop(noise INTEGER, y REAL)")
        db.execute("ATTACH ? AS ours", (str(index),))
        db.execute("INSERT INTO noop SELECT noise, y FROM ours.noop")
        db.commit()
        db.close()
        sql = "SELECT noise, avg(y) FROM noop GROUP BY noise"

        def ask(path):
            return 1000 * common.run(["sqlite3", "-readonly", path, sql], folder.path).wall

        def command(*words):
            return 1000 * common.run([given.retrial, *words], folder.path).wall

        results = common.rounds(
            given.runs,
            lambda: ask(index),
            lambda: ask(hand),
            lambda: command("query", sql),
            lambda: command("ls", "noop", "--limit", "10"),
            lambda: command("ls"),
            lambda: command("run", "-q", "study.yaml"),
        )
        common.head(f"{given.trials:,} trials, {given.runs} runs")
        common.say("mean of a metric by a parameter, our view, sqlite3", results[0], "ms")
        common.say("the same of a table with just these columns", results[1], "ms")
        ratios = [a / b for a, b in zip(results[0], results[1])]
        common.say("our view against the table", ratios, "", "goal: 2")
        common.say("the same by retrial query", results[2], "ms")
        common.say("retrial ls of ten trials", results[3], "ms", "goal: 200")
        common.say("retrial ls of the studies", results[4], "ms", "goal: 200")
        common.say("running the complete study again", results[5], "ms", "goal: 3,000")


if __name__ == "__main__":
    main()
