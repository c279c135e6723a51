#!/usr/bin/env python3
"""The same with others, where they are installed: commands with GNU parallel (with a job log),
trials with Optuna (its journal file, its SQLite). They keep less, and differ in what they sync."""
import importlib.util
import shutil
import sys

import common

OPTUNA = """
import optuna, sys
optuna.logging.set_verbosity(optuna.logging.ERROR)
if sys.argv[1] == "journal":
    from optuna.storages import JournalStorage
    try:
        from optuna.storages.journal import JournalFileBackend
    except ImportError:
        from optuna.storages import JournalFileStorage as JournalFileBackend
    storage = JournalStorage(JournalFileBackend("journal.log"))
else:
    storage = "sqlite:///optuna.db"
study = optuna.create_study(storage=storage, sampler=optuna.samplers.RandomSampler(0))
study.optimize(lambda trial: 2.0 * trial.suggest_float("x", 0, 1), n_trials=int(sys.argv[2]))
"""


def commands_ours(given):
    study = f"name: quick\nentry: {{command: [/bin/true]}}\nreplicates: {given.trials}\n"
    with common.Folder(study) as folder:
        return given.trials / common.run([given.retrial, "run", "-q", "study.yaml"], folder.path).wall


def commands_parallel(given, *options):
    with common.Folder() as folder:
        argv = ["parallel", *options, "/bin/true", ":::", *range(given.trials)]
        return given.trials / common.run(argv, folder.path, HOME=str(folder.path)).wall


def trials_ours(given):
    study = f"name: noop\nentry: noop.py:noop\nsweep: {{x: {{from: 0, to: {given.trials - 1}, step: 1}}}}\n"
    with common.Folder(study, "noop.py") as folder:
        return given.trials / common.run([given.retrial, "run", "-q", "study.yaml"], folder.path).wall


def trials_sampled(given, in_flight):
    """Optuna's sampler proposes the trials of a study."""
    study = (
        "name: noop\nentry: noop.py:noop\nspace: {x: 'uniform(0, 1)'}\nobjective: {maximize: y}\n"
        f"driver: {{use: optuna.RandomSampler, trials: {given.trials}, in_flight: {in_flight}}}\n"
    )
    with common.Folder(study, "noop.py") as folder:
        return given.trials / common.run([given.retrial, "run", "-q", "study.yaml"], folder.path).wall


def trials_optuna(given, storage):
    with common.Folder() as folder:
        argv = [sys.executable, "-W", "ignore", "-c", OPTUNA, storage, given.trials]
        return given.trials / common.run(argv, folder.path).wall


def main():
    given = common.arguments(__doc__, trials=500)
    cases = [("commands, retrial", lambda: commands_ours(given))]
    if shutil.which("parallel"):
        cases.append(
            ("commands, GNU parallel --joblog", lambda: commands_parallel(given, "--joblog", "log"))
        )
    cases.append(("Python, retrial", lambda: trials_ours(given)))
    if importlib.util.find_spec("optuna"):
        cases += [
            ("Python, Optuna's sampler through Retrial, one by one", lambda: trials_sampled(given, 1)),
            ("Python, the same, 16 in flight", lambda: trials_sampled(given, 16)),
            ("Python, Optuna, journal file", lambda: trials_optuna(given, "journal")),
            ("Python, Optuna, SQLite", lambda: trials_optuna(given, "sqlite")),
        ]
    results = common.rounds(given.runs, *(measure for _, measure in cases))
    common.head(f"{given.trials:,} trials, start and end included, {given.runs} runs")
    for (name, _), values in zip(cases, results):
        common.say(name, values, "a second")


if __name__ == "__main__":
    main()
