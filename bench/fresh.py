#!/usr/bin/env python3
"""A fresh worker for each trial, forked from a template that has imported numpy and sklearn: from the end of
a trial until the next one starts in a process of its own, with one worker."""
import common

MODEL = """
import numpy
import sklearn.linear_model


def nothing(x):
    return {"y": x}
"""


def measure(given):
    """Milliseconds between trials that follow each other, sorted."""
    study = (
        f"name: fresh\nentry: model.py:nothing\nisolation: fresh\nsweep: {{x: {{from: 1, to: {given.trials}, step: 1}}}}\n"
    )
    with common.Folder(study) as folder:
        (folder.path / "model.py").write_text(MODEL)
        common.run([given.retrial, "run", "-q", "-j", "1", "study.yaml"], folder.path)
        rows = folder.query(given, "SELECT pid, start_us, duration_us FROM trial_1 ORDER BY start_us")
    if len({row["pid"] for row in rows}) != given.trials:
        raise SystemExit("trials shared a process")
    pairs = zip(rows, rows[1:])
    return sorted((b["start_us"] - a["start_us"] - a["duration_us"]) / 1000 for a, b in pairs)


def main():
    given = common.arguments(__doc__, trials=200)
    (results,) = common.rounds(given.runs, lambda: measure(given))
    common.head(f"{given.trials:,} trials, {given.runs} runs")
    common.say("from one fresh worker to the next", sum(results, []), "ms", "goal: 20")
    common.say("    99 of 100", [late[int(len(late) * 0.99)] for late in results], "ms", "goal: 20")


if __name__ == "__main__":
    main()
