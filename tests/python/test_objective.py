"""Objectives of Optuna: what a worker makes of them (python/retrial/suggest.py), and the driver."""

import inspect
import math
import os
import time
import unittest

from double import PYTHON, Engine
from retrial import drive, optuna_driver, structure

try:
    import optuna
except ImportError:
    optuna = None


class Pruned(Exception):
    pass


class Trial:
    def __init__(self, id, ordinal, attempt, replicate, seed):
        self.id, self.ordinal, self.attempt = id, ordinal, attempt
        self.replicate, self.seed = replicate, seed


def as_in_a_worker():
    """The names of suggest.py, with stand-ins for what runs before it."""
    names = {
        "Trial": Trial,
        "Pruned": Pruned,
        "TAUGHT": {},
        "inspect": inspect,
        "reports": [],
        "nearest": lambda name, names: "",
    }
    names["report"] = lambda step, metrics=None, **more: names["reports"].append(
        (step, metrics, more)
    )
    names["should_stop"] = lambda wait: len(names["reports"]) > 2
    with open(os.path.join(PYTHON, "retrial", "suggest.py"), encoding="utf-8") as file:
        exec(file.read(), names)
    names["metric"] = "y"
    return names


WORKER = as_in_a_worker()


def evaluate(objective, driven=True):
    """What an engine's worker does with params."""
    entry = WORKER["Objective"](objective, driven)
    count = [0]

    def run(params):
        count[0] += 1
        try:
            return entry(params, Trial(f"k.{count[0]}", count[0], 1, 1, 7))
        except Pruned as error:
            return "pruned", None, str(error)

    return run


def forest(trial):
    """A conditional space, as in the tutorials of Optuna."""
    x = trial.suggest_float("x", -10, 10)
    kind = trial.suggest_categorical("kind", ["flat", "deep"])
    if kind == "flat":
        return (x - 2) ** 2 + trial.suggest_float("offset", 0.1, 1, log=True)
    layers = trial.suggest_int("layers", 1, 3)
    units = [trial.suggest_int(f"units_{i}", 4, 64, log=True) for i in range(layers)]
    return (x + 3) ** 2 + sum(units) / 100


class InTheWorker(unittest.TestCase):
    def test_what_is_proposed_is_what_it_gets(self):
        seen = {}

        def objective(trial):
            seen["f"] = trial.suggest_float("f", 0, 1)
            seen["i"] = trial.suggest_int("i", 1, 9)
            seen["c"] = trial.suggest_categorical("c", (None, True, 1, "one", print))
            seen["again"] = trial.suggest_float("f", 0, 1)
            seen["params"] = dict(trial.params)
            seen["number"] = trial.number
            trial.set_user_attr("note", "good")
            return 0.5

        found = evaluate(objective, driven=False)({"f": 1, "i": 3, "c": 1})
        self.assertEqual(found, {"note": "good", "y": 0.5})
        self.assertEqual(
            seen,
            {
                "f": 1.0,
                "i": 3,
                "c": 1,
                "again": 1.0,
                "number": 0,
                "params": {"f": 1.0, "i": 3, "c": 1},
            },
        )
        self.assertIs(type(seen["c"]), int)
        found = evaluate(objective, driven=False)({"f": 1, "i": 3, "c": str(print)})
        self.assertIs(seen["c"], print)

    def test_without_a_driver_what_is_missing_is_an_error(self):
        run = evaluate(lambda trial: trial.suggest_float("lr", 0, 1), driven=False)
        with self.assertRaisesRegex(ValueError, 'asks for "lr", which the study does not give'):
            run({"rate": 3})
        with self.assertRaisesRegex(ValueError, r'lr = 3 is not in \{"uniform": \[0.0, 1.0\]\}'):
            run({"lr": 3})

    def test_with_one_it_ends_with_what_it_asked_for(self):
        outcome, _, reason = evaluate(forest)({"x": 1.5})
        self.assertEqual(outcome, "pruned")
        self.assertRegex(reason, r"^the objective asked for kind, \w+.*had not been proposed")
        asks = structure.asked_of(reason)
        self.assertEqual(asks["proposed"], 1)
        self.assertEqual(asks["asked"][:2][0], ["x", {"uniform": [-10.0, 10.0]}, 1.5])
        self.assertEqual(asks["asked"][1][:2], ["kind", {"choice": ["flat", "deep"]}])
        self.assertEqual(evaluate(forest)({"x": 1.5})[2], reason)

    def test_a_trace_does_not_train(self):
        def slow(trial):
            x = trial.suggest_float("x", 0, 1)
            try:
                time.sleep(30)
            except Exception:
                return x

        start = time.monotonic()
        outcome, _, reason = evaluate(slow)({})
        self.assertEqual(outcome, "pruned")
        self.assertLess(time.monotonic() - start, 10)

        def reporting(trial):
            trial.suggest_float("x", 0, 1)
            trial.report(1.0, 1)
            raise AssertionError("went on")

        self.assertEqual(evaluate(reporting)({})[0], "pruned")

    def test_reports_are_understood_both_ways(self):
        def objective(trial):
            trial.report(0.25, 1)
            trial.report(step=2, value=0.5)
            before = trial.should_prune()
            trial.report(3, loss=1)
            return {"before": before, "after": trial.should_prune()}

        found = evaluate(objective)({})
        self.assertEqual(found, {"before": False, "after": True})
        self.assertEqual(
            WORKER["reports"],
            [
                (1, {"y": 0.25}, {"raises": False}),
                (2, {"y": 0.5}, {"raises": False}),
                (3, None, {"loss": 1}),
            ],
        )

    def test_which_functions_are_objectives(self):
        for function, is_one in (
            (lambda trial: 0, True),
            (lambda params: 0, False),
            (lambda trial, lr=1: 0, False),
            (lambda trial, params: 0, False),
            (lambda x: 0, False),
            (lambda: 0, False),
        ):
            self.assertEqual(WORKER["is_objective"](function), is_one)


class Guessing(unittest.TestCase):
    def test_structure(self):
        one = {"choice": ["a", "b"]}
        other = {"uniform": [0, 1]}
        s = structure.Structure()
        self.assertIsNone(s.next([], {}))
        s.learn([("kind", one, "a"), ("x", other, 0.5)], True)
        self.assertEqual(s.next([], {}), ("kind", one))
        self.assertEqual(s.next(["kind"], {"kind": "b"}), ("x", other))
        s.learn([("kind", one, "b"), ("y", other, 0.1), ("z", other, 0.1)], True)
        self.assertEqual(s.next(["kind"], {"kind": "a"}), ("x", other))
        self.assertEqual(s.next(["kind"], {"kind": "b"}), ("y", other))
        self.assertIsNone(s.next(["kind"], {"kind": "c"}))
        self.assertEqual(s.next(["kind", "x"], {"kind": "a", "x": 0.2}), structure.END)

    def test_a_run_that_was_cut_short_knows_no_end(self):
        one = {"int": [1, 3]}
        s = structure.Structure()
        s.learn([("n", one, 1)], False)
        self.assertEqual(s.next(["n"], {"n": 1}), structure.END)
        s.learn([("n", one, 1), ("m", one, 1)], True)
        self.assertEqual(s.next(["n"], {"n": 1}), ("m", one))
        self.assertEqual(s.next(["n", "m"], {"n": 1, "m": 3}), structure.END)

    def test_other_reasons_ask_for_nothing(self):
        for reason in (None, "", "median", "a\nb", "a\n3", 'a\n{"x": 1}'):
            self.assertIsNone(structure.asked_of(reason))


@unittest.skipIf(optuna is None, "python3-optuna is not installed")
class Driving(unittest.TestCase):
    def run_study(self, objective, **hello):
        hello.setdefault("args", {"use": "optuna.TPESampler", "n_startup_trials": 5})
        engine = Engine(evaluate(objective), **hello)
        study = engine.drive()
        optuna_driver.main(study)
        study.close()
        engine.thread.join()
        if engine.errors:
            raise engine.errors[0]
        return engine

    def ended(self, engine):
        return [
            one for way, message in engine.journal if way == "to" for one in message.get("done", ())
        ]

    def test_a_conditional_objective_runs_as_it_is(self):
        engine = self.run_study(forest, trials=60)
        good = [one for one in self.ended(engine) if one["outcome"] == "ok"]
        short = [one for one in self.ended(engine) if one["outcome"] == "pruned"]
        self.assertGreater(len(good), 40)
        self.assertLess(len(short), 12)
        for one in good:
            params = one["params"]
            want = (
                {"x", "kind", "offset"}
                if params["kind"] == "flat"
                else {"x", "kind", "layers", *(f"units_{i}" for i in range(params["layers"]))}
            )
            self.assertEqual(set(params), want)
        self.assertLess(engine.finish["y"], 2)

    def test_alone_it_samples_what_optuna_alone_samples(self):
        def flat(trial):
            x = trial.suggest_float("x", -5, 5)
            return x**2 + trial.suggest_int("n", 1, 8)

        engine = self.run_study(flat, trials=16, in_flight=1)
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(n_startup_trials=5, seed=7))
        study.optimize(flat, n_trials=16)
        good = [one["params"] for one in self.ended(engine) if one["outcome"] == "ok"]
        self.assertEqual(good, [trial.params for trial in study.trials])

    def test_replayed_it_asks_for_the_same(self):
        first = self.run_study(forest, trials=25)
        again = self.run_study(forest, trials=25, replay=first.journal[:30])
        self.assertIsNone(again.divergence)
        self.assertEqual(again.journal[1:30], first.journal[1:30])

    def test_told_what_was_it_knows_what_is_asked_for(self):
        first = self.run_study(forest, trials=40)
        told = [{**one, "earlier": True} for one in self.ended(first)]
        again = self.run_study(forest, trials=10, resume="tell", told=told)
        fresh = self.ended(again)[len(told) :]
        self.assertGreater(sum(one["outcome"] == "ok" for one in fresh), 7)


if __name__ == "__main__":
    unittest.main()
