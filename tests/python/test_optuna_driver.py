"""python/retrial/optuna_driver.py against an engine of tests/python/double.py."""

import sys
import unittest

from double import Engine
from retrial import drive, optuna_driver, space

try:
    import optuna
except ImportError:
    optuna = None

SPACE = {
    "x": {"uniform": [-5.0, 5.0]},
    "kind": {"choice": ["flat", "deep"]},
    "deeper": {"int": [1, 3], "when": ["kind == deep"]},
    "units": {"int": [8, 64], "log": True, "when": ["deeper >= 2", "x > 0"]},
}


def bowl(params):
    return (params["x"] - 2) ** 2 + {"flat": 1, "deep": 0}[params["kind"]] + params.get("deeper", 0)


def run(engine):
    """Drives it in this process: importing Optuna takes a second."""
    study = engine.drive()
    optuna_driver.main(study)
    study.close()
    engine.thread.join()
    if engine.errors:
        raise engine.errors[0]


class Conditions(unittest.TestCase):
    def test_they_hold_or_not(self):
        values = {"n": 3, "opt": "adam", "x": 0.5, "flag": True}
        for text, met in (
            ("n >= 3", True),
            ("n<3", False),
            ("opt == adam", True),
            ("opt != 'adam'", False),
            ("opt in [sgd, adam]", True),
            ('opt in ["a, b", sgd]', False),
            ("n in [1, 3.0]", True),
            ("x > 0.25", True),
            ("opt > 3", False),
            ("flag == true", True),
            ("flag == 1", False),
            ("other != 3", False),
            ("n == 3.0", True),
        ):
            self.assertEqual(space.Condition(text).met(values), met, text)

    def test_parameters_come_behind_what_they_depend_on(self):
        made = space.Space({"a": {"int": [0, 9], "when": ["b > 1"]}, "b": {"int": [0, 9]}})
        self.assertEqual(made.order, ["b", "a"])
        self.assertEqual(made.draw(lambda key, kind: kind.low), {"b": 0})
        self.assertEqual(made.draw(lambda key, kind: kind.high), {"b": 9, "a": 9})

    def test_mistakes(self):
        with self.assertRaisesRegex(space.SpaceError, '"a" is of one kind of uniform, '):
            space.Space({"a": {"normal": [0, 1]}})
        with self.assertRaisesRegex(space.SpaceError, "of a, b are on one another"):
            one = {"int": [0, 9]}
            space.Space({"a": {**one, "when": "b > 1"}, "b": {**one, "when": "a > 1"}})


@unittest.skipIf(optuna is None, "python3-optuna is not installed")
class Sampling(unittest.TestCase):
    def engine(self, **hello):
        hello.setdefault("args", {"use": "optuna.TPESampler", "n_startup_trials": 5})
        return Engine(bowl, **{"space": SPACE, "trials": 40, **hello})

    def test_it_finds_the_minimum_and_says_so(self):
        engine = self.engine()
        run(engine)
        self.assertEqual(len(engine.submitted()), 40)
        self.assertEqual(engine.most, 4)
        self.assertLess(engine.finish["y"], 1.6)
        for one in engine.submitted():
            params = one["params"]
            self.assertEqual("deeper" in params, params["kind"] == "deep")
            self.assertEqual("units" in params, params.get("deeper", 0) >= 2 and params["x"] > 0)

    def test_replayed_it_samples_the_same(self):
        first = self.engine(trials=20)
        run(first)
        again = self.engine(trials=20, replay=first.journal[:25])
        run(again)
        self.assertIsNone(again.divergence)
        self.assertEqual(again.journal[1:25], first.journal[1:25])
        other = self.engine(trials=20, seed=8)
        run(other)
        self.assertNotEqual(other.submitted()[0], first.submitted()[0])

    def test_alone_it_samples_what_optuna_alone_samples(self):
        engine = self.engine(trials=15, in_flight=1)
        run(engine)
        study = optuna.create_study(sampler=optuna.samplers.TPESampler(n_startup_trials=5, seed=7))

        def objective(trial):
            params = {"x": trial.suggest_float("x", -5, 5)}
            params["kind"] = trial.suggest_categorical("kind", ["flat", "deep"])
            if params["kind"] == "deep":
                params["deeper"] = trial.suggest_int("deeper", 1, 3)
                if params["deeper"] >= 2 and params["x"] > 0:
                    params["units"] = trial.suggest_int("units", 8, 64, log=True)
            return bowl(params)

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        study.optimize(objective, n_trials=15)
        self.assertEqual(
            [t.params for t in study.trials], [one["params"] for one in engine.submitted()]
        )

    def test_what_fails_is_told_as_failed(self):
        def often(params):
            if params["x"] > 2:
                raise ValueError("too far")
            return float("nan") if params["x"] < -2 else params["x"] ** 2

        engine = self.engine(space={"x": SPACE["x"]}, trials=30)
        engine.function = often
        run(engine)
        self.assertLess(engine.finish["y"], 1)

    def test_earlier_trials_are_learned_from(self):
        told = [
            {
                "id": i,
                "trial": f"k.{i}",
                "params": {"x": x},
                "outcome": "ok",
                "metrics": {"y": (x - 2) ** 2},
                "earlier": True,
            }
            for i, x in enumerate([-4, -3, -2, -1, 0, 1, 1.8, 1.9, 2, 2.1, 2.2, 3, 4, 4.5, 4.8] * 3)
        ]
        told.append({**told[0], "id": 99, "params": {"x": 77.0}})
        space = {"x": SPACE["x"]}
        engine = self.engine(resume="tell", told=told, trials=10, space=space)
        engine.function = lambda params: (params["x"] - 2) ** 2
        run(engine)
        near = [one for one in engine.submitted() if abs(one["params"]["x"] - 2) < 1]
        self.assertGreater(len(near), 6)

    def test_a_grid_ends_by_itself(self):
        engine = self.engine(
            args={"use": "GridSampler"},
            trials=None,
            space={"x": {"choice": [0, 1, 2]}, "kind": {"choice": ["flat", "deep"]}},
        )
        run(engine)
        self.assertEqual(len({str(one["params"]) for one in engine.submitted()}), 6)

    def test_choices_may_be_lists(self):
        engine = self.engine(
            args={"use": "RandomSampler"}, trials=8, space={"hidden": {"choice": [[20], [40, 20]]}}
        )
        engine.function = lambda params: len(params["hidden"])
        run(engine)
        self.assertEqual(
            {str(one["params"]["hidden"]) for one in engine.submitted()}, {"[20]", "[40, 20]"}
        )

    def test_mistakes(self):
        for hello, text in (
            (
                {"args": {"use": "optuna.TPESampeler"}},
                'no sampler "TPESampeler"; did you mean "TPESampler"?',
            ),
            (
                {"args": {"use": "TPESampler", "n_startup": 3}},
                'driver: TPESampler takes no "n_startup"; did you mean "n_startup_trials"?',
            ),
            (
                {"args": {"use": "TPESampler", "trails": 3}},
                'driver: TPESampler takes no "trails"; did you mean "trials"?',
            ),
            (
                {"args": {"use": "TPESampler", "pruner": "optuna.MedianPrunr"}},
                'has no pruner "MedianPrunr"; did you mean "MedianPruner"?',
            ),
            (
                {"args": {"use": "TPESampler", "pruner": {"use": "ThresholdPruner", "uper": 3}}},
                "driver: making a ThresholdPruner: ",
            ),
            ({"args": {"use": "TPESampler", "pruner": {"upper": 3}}}, 'has no pruner ""; it has '),
            ({"args": {"use": "skopt.Optimizer"}}, 'not "skopt.Optimizer"'),
            ({"objective": None}, "write an objective, such as"),
            ({"space": None, "args": {"use": "GridSampler"}}, "needs a `space`"),
            ({"resume": "state"}, "write `resume: replay`"),
            ({"args": {"use": "BruteForceSampler"}}, 'a BruteForceSampler was asked for "'),
        ):
            with self.assertRaises(drive.DriveError) as refused:
                run(self.engine(**hello))
            self.assertIn(text, str(refused.exception))

    def test_as_a_program(self):
        engine = self.engine(trials=3)
        code, out, err = engine.spawn([sys.executable, "-m", "retrial.driver"])
        self.assertEqual((code, out, err), (0, "", ""))
        self.assertEqual(len(engine.submitted()), 3)


class Missing(unittest.TestCase):
    def test_without_optuna_it_says_what_to_install(self):
        engine = Engine(bowl, space=SPACE, args={"use": "optuna.TPESampler"})
        code, _, err = engine.spawn(
            [
                sys.executable,
                "-c",
                "import sys; sys.modules['optuna'] = None\n"
                "from retrial import driver; driver.main()",
            ],
            PYTHONHASHSEED="0",
        )
        self.assertEqual(code, 1)
        self.assertIn("install python3-optuna (Debian) or optuna (PyPI)", err)


if __name__ == "__main__":
    unittest.main()
