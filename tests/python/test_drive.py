"""python/retrial/drive.py against an engine of tests/python/double.py."""

import math
import sys
import unittest

from double import Engine
from retrial import drive, wire


def square(params):
    return params["x"] ** 2


class Asking(unittest.TestCase):
    def test_run_yields_each_trial_as_it_ends(self):
        engine = Engine(square, capacity=3, seconds=lambda params: 10 - params["x"])
        study = engine.drive()
        seen = [(done.params["x"], done.value) for done in study.run({"x": x} for x in range(6))]
        self.assertEqual(sorted(seen), [(x, x * x) for x in range(6)])
        self.assertEqual(seen[0], (2, 4))
        self.assertEqual(engine.most, 3)
        self.assertEqual((study.best.params, study.best.value), ({"x": 0}, 0))

    def test_a_proposal_sees_what_ended_before(self):
        study = Engine(square, capacity=1).drive()
        known = []

        def proposals():
            for _ in range(4):
                yield {"x": len(known)}

        for done in study.run(proposals()):
            known.append(done)
        self.assertEqual([done.params["x"] for done in known], [0, 1, 2, 3])

    def test_none_waits_for_a_trial_to_end(self):
        study = Engine(square, capacity=4).drive()
        ended = []

        def generations():
            for generation in range(3):
                for x in range(4):
                    yield {"x": x}
                while len(ended) < 4 * (generation + 1):
                    yield None

        for done in study.run(generations()):
            ended.append(done.params["x"])
        self.assertEqual([sorted(ended[i : i + 4]) for i in (0, 4, 8)], [[0, 1, 2, 3]] * 3)

    def test_what_was_told_together_is_seen_before_the_end(self):
        study = Engine(square, capacity=4).drive()
        study.batch(4)
        ended = []

        def generations():
            for generation in range(3):
                yield from ({"x": x} for x in range(4))
                while len(ended) < 4 * (generation + 1):
                    yield None

        for done in study.run(generations()):
            ended.append(done.params["x"])
        self.assertEqual(len(ended), 12)

    def test_what_is_no_json_was_not_asked_for(self):
        study = Engine(square).drive()
        with self.assertRaises(TypeError):
            study.submit({"x": object()})
        self.assertEqual([done.value for done in study.run([{"x": 3}])], [9])

    def test_ids_of_its_own_are_left_out(self):
        study = Engine(square).drive()
        mine = study.submit({"x": 1}, id=0)
        other = study.submit({"x": 2})
        self.assertEqual((mine.result().value, other.result().value), (1, 4))
        self.assertNotEqual(mine.id, other.id)

    def test_very_many_are_asked_for_in_several_messages(self):
        engine = Engine(square, capacity=1000)
        engine.drive().map({"x": x} for x in range(600))
        asked = [len(m["submit"]) for way, m in engine.journal if way == "from" and "submit" in m]
        self.assertEqual(asked, [256, 256, 88])

    def test_an_object_that_only_waits_does_not_hang(self):
        study = Engine(square).drive()
        self.assertEqual(list(study.run([None, {"x": 1}])), [])

    def test_ask_and_tell(self):
        class Halving:
            x, told = 64, []

            def ask(self):
                self.x //= 2
                if not self.x:
                    raise StopIteration
                return {"x": self.x}

            def tell(self, done):
                self.told.append(done.value)

        halving = Halving()
        list(Engine(square, capacity=1).drive().run(halving, in_flight=1))
        self.assertEqual(halving.told, [1024, 256, 64, 16, 4, 1])

    def test_futures(self):
        study = Engine(square, capacity=2, seconds=lambda params: params["x"]).drive()
        futures = [study.submit({"x": x}) for x in (3, 2, 1)]
        self.assertEqual([f.params["x"] for f in study.as_completed(futures)], [2, 3, 1])
        self.assertEqual(futures[0].result().value, 9)
        self.assertEqual([d.value for d in study.map({"x": x} for x in (5, 4))], [25, 16])
        self.assertEqual(list(study.run(())), [])

    def test_replicates_come_together(self):
        study = Engine(square).drive()
        future = study.submit({"x": 3}, replicates=3, tags={"phase": "check"})
        self.assertEqual([done.replicate for done in future.result()], [1, 2, 3])

    def test_priority_and_cancel(self):
        engine = Engine(square, capacity=1, patience=0.3)
        study = engine.drive()
        first, second, third, fourth = (study.submit({"x": x}) for x in range(4))
        fourth.priority = 5
        second.cancel()
        ended = [future.id for future in study.as_completed([first, second, third, fourth])]
        self.assertLess(ended.index(3), ended.index(2))
        self.assertEqual(second.result().outcome, "skipped")
        self.assertIsNone(second.result().value)

    def test_failures_are_results(self):
        study = Engine(lambda params: 1 / params["x"]).drive()
        done = study.submit({"x": 0}).result()
        self.assertEqual((done.ok, done.outcome, done.value), (False, "failed", None))
        self.assertIn("division", done.reason)

    def test_no_number_is_a_number(self):
        study = Engine(lambda params: {"y": params["x"]}).drive()
        self.assertTrue(math.isnan(study.submit({"x": math.nan}).result().value))
        self.assertEqual(study.submit({"x": -math.inf}).result().metrics, {"y": -math.inf})
        self.assertIsNone(study.best)

    def test_numpy_is_understood(self):
        try:
            import numpy
        except ImportError:
            self.skipTest("numpy is not installed")
        study = Engine(square).drive()
        self.assertEqual(study.submit({"x": numpy.float64(1.5)}).result().value, 2.25)
        self.assertEqual(study.submit({"x": numpy.int64(3)}).result().params, {"x": 3})

    def test_mistakes(self):
        study = Engine(square).drive()
        with self.assertRaisesRegex(TypeError, "params must be a dict, not int"):
            study.submit(3)
        study.submit({"x": 1}, id="a")
        with self.assertRaisesRegex(ValueError, "the id 'a' was given out before"):
            study.submit({"x": 2}, id="a")
        with self.assertRaisesRegex(TypeError, "which is no JSON"):
            study.submit({"x": object()})


class Lasting(unittest.TestCase):
    def test_after_a_stop_what_is_open_still_ends(self):
        study = Engine(square, stop_after=2).drive()
        seen = list(study.run({"x": x} for x in range(100)))
        self.assertEqual((len(seen), study.stopping), (6, "trials"))
        with self.assertRaises(drive.Stopped) as stopped:
            study.submit({"x": 1})
        self.assertEqual((str(stopped.exception), stopped.exception.code), ("trials", 0))

    def test_the_end_of_the_launch_ends_the_driver_quietly(self):
        engine = Engine(square, over_after=3)
        script = (
            "from retrial import drive\nstudy = drive.connect()\n"
            "for done in study.run({'x': x} for x in range(9)): print(done)\nprint('never')"
        )
        code, out, err = engine.spawn([sys.executable, "-c", script])
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(out, "<done 0: value 0.0>\n<done 1: value 1.0>\n<done 2: value 4.0>\n")

    def test_what_the_engine_offers(self):
        study = Engine(square, capacity=3).drive()
        self.assertEqual(study.capacity(), 3)
        self.assertGreater(study.time(), 1.7e9)
        self.assertNotEqual(study.random(), study.random())

    def test_what_was_taken_is_in_a_saved_state(self):
        engine = Engine(square)
        study = engine.drive()
        study.submit({"x": 2}).result()
        study.save("4")
        study.time()  # by now it is there
        saves = [m["told"] for way, m in engine.journal if way == "from" and "save" in m]
        self.assertEqual(saves, [1])

    def test_a_saved_state_comes_back(self):
        engine = Engine(square)
        study = engine.drive()
        study.submit({"x": 1}).result()
        study.save("at x = 1")
        study.poll()
        study = Engine(square, resume="state", state=engine.saved).drive()
        self.assertEqual(study.state, "at x = 1")
        self.assertEqual(study.submit({"x": 2}).id, 1)

    def test_what_was_open_when_a_state_was_saved_still_counts(self):
        engine = Engine(square, seconds=lambda params: params["x"])
        study = engine.drive()
        study.submit_all([{"x": 1}, {"x": 2}, {"x": 3}])
        study.next()
        study.save("one of three")
        study.poll()
        late = [{"id": i, "trial": f"k.{i}", "params": {"x": i + 1}, "metrics": {"y": i}} for i in (1, 2)]
        still = [{"id": i, "trial": f"k.{i}", "params": {"x": i + 1}, "replicate": 1} for i in (1, 2)]
        study = Engine(
            square, resume="state", state=engine.saved, told=late[:1], open=still
        ).drive()
        self.assertEqual([done.id for done in study.history], [1])
        self.assertEqual([(one.id, one.params) for one in study.open], [(2, {"x": 3})])

    def test_history_is_told_first(self):
        old = {
            "id": 0,
            "trial": "k.1",
            "params": {"x": 3},
            "outcome": "ok",
            "metrics": {"y": 9},
            "earlier": True,
        }
        study = Engine(square, resume="tell", told=[old]).drive()
        self.assertEqual([(d.params, d.value) for d in study.history], [({"x": 3}, 9)])
        self.assertEqual(study.submit({"x": 2}).id, 0)
        self.assertEqual([d.value for d in study.run(())], [4])
        self.assertEqual(study.best.value, 4)

    def test_replayed_it_asks_for_the_same(self):
        script = (
            "import random\nfrom retrial import drive\nstudy = drive.connect()\n"
            "r = random.Random(study.random())\n"
            "for done in study.run(({'x': r.random()} for _ in range(40)), 5):\n"
            "    if 0.01 < done.value < 0.1: study.submit({'x': done.value})\n"
            "study.finish(study.best.params)\n"
        )
        first = Engine(square)
        code, _, err = first.spawn([sys.executable, "-c", script])
        self.assertEqual((code, err, first.errors), (0, "", []))
        self.assertGreater(len(first.submitted()), 40)
        for cut in (3, 17, 60, len(first.journal)):
            again = Engine(square, replay=first.journal[:cut])
            code, _, err = again.spawn([sys.executable, "-c", script])
            self.assertEqual((code, err, again.divergence), (0, "", None))
            self.assertEqual(again.journal[1:cut], first.journal[1:cut])

    def test_started_by_hand_it_says_what_to_do(self):
        with self.assertRaisesRegex(drive.DriveError, "write `driver: FILE.py` in a study file"):
            drive.connect()

    def test_another_protocol_is_refused(self):
        with self.assertRaisesRegex(drive.DriveError, "protocol 2, and this is 1"):
            Engine(square, protocol=2).drive()


class Writing(unittest.TestCase):
    def test_a_line_comes_back(self):
        value = {"a": [1, 2.5, None, True, 'x;"y\n'], "b": {"c": -math.inf}}
        self.assertEqual(wire.decode(wire.encode(value)), value)
        self.assertEqual(
            wire.encode({"x": math.nan}), b'{"x": {"$float": "nan"}}\n'.replace(b" ", b"")
        )


if __name__ == "__main__":
    unittest.main()
