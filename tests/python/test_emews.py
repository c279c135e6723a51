"""Algorithms that speak EQ/Py, EQ/R and EQ/SQL against an engine of tests/python/double.py."""

import json
import math
import os
import shutil
import sys
import tempfile
import textwrap
import unittest

from double import HERE, Engine
from retrial import emews

RSCRIPT = shutil.which("Rscript")


def bowl(params):
    return sum(value**2 for value in params.values())


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))

    def drive(self, engine):
        ended = engine.spawn([sys.executable, "-m", "retrial.driver"], cwd=self.folder)
        if engine.errors:
            raise engine.errors[0]
        return ended

    def said(self, engine):
        return [one["params"] for one in engine.submitted()]


class Splitting(unittest.TestCase):
    def test_semicolons_in_values_split_nothing(self):
        odd = {"a": 'x;"y\\', "b": "it's; {", "c": [1, ";"], "d": "}];"}
        batch = ";".join([json.dumps(odd), json.dumps({"a": ";"}), json.dumps(odd)])
        self.assertEqual([json.loads(part) for part in emews.split(batch)], [odd, {"a": ";"}, odd])
        self.assertEqual(emews.split("1,2;3,4"), ["1,2", "3,4"])
        self.assertEqual(emews.split("{'a': ';'};[1;2]"), ["{'a': ';'}", "[1;2]"])
        self.assertEqual(emews.split("it's;it's"), ["it's", "it's"])

    def test_results_are_exact(self):
        self.assertEqual(
            [emews.number(x) for x in (1.5e-05, 3, None, float("nan"), True)],
            ["1.5e-05", "3", "NaN", "NaN", "NaN"],
        )


class EqPy(Case):
    def test_begun_anew_it_is_told_what_it_asked_for_before(self):
        self.write(
            "algo.py",
            """
            import json
            import eqpy
            def run():
                eqpy.OUT_put(";".join(json.dumps({"x": x}) for x in (1, 1, 2, 3)))
                print(eqpy.IN_get())
            """,
        )
        ended = {"id": 0, "trial": "k.1", "params": {"x": 1}, "metrics": {"y": 0.5}, "earlier": True}
        begun = {"id": 0, "trial": "k.1", "params": {"x": 1}}  # it ends before it is asked for
        engine = Engine(
            lambda params: params["x"] ** 2.0,
            args={"eqpy": "algo.py"}, resume="tell", told=[ended], open=[begun],
        )  # fmt: skip
        self.assertEqual(self.drive(engine), (0, "0.5;1.0;4.0;9.0\n", ""))
        self.assertEqual(self.said(engine), [{"x": 1}, {"x": 2}, {"x": 3}])

    def test_batches_go_to_and_fro(self):
        self.write(
            "algo.py",
            """
            import json, random
            import eqpy
            def run():
                eqpy.OUT_put("Params")
                low, high, n = eval(eqpy.IN_get())
                batch = [{"x": x, "s": 'a;"b'} for x in range(low, high)] + [{"x": 2, "s": ";"}]
                eqpy.OUT_put(";".join(json.dumps(one) for one in batch))
                print("got", eqpy.IN_get(), n)
                eqpy.OUT_put("DONE")
                eqpy.OUT_put("the end")
            """,
        )
        self.write("eqpy.py", "raise SystemExit('the original')")
        engine = Engine(
            lambda params: float("nan") if params["x"] == 1 else params["x"] / 4,
            args={"eqpy": "algo.py", "params": [0, 3, "it's"]},
        )
        self.assertEqual(self.drive(engine), (0, "got 0.0;NaN;0.5;0.5 it's\n", ""))
        self.assertEqual(self.said(engine)[0], {"x": 0, "s": 'a;"b'})
        self.assertEqual(engine.submitted()[0]["tags"], {"batch": 1})
        self.assertEqual(engine.finish, "the end")

    def test_values_without_names(self):
        self.write(
            "algo.py",
            """
            import eqpy
            def run():
                eqpy.OUT_put("0.5,2;[1, 2]")
                print(eqpy.IN_get())
                eqpy.OUT_put("FINAL")
            """,
        )
        engine = Engine(bowl, args={"eqpy": "algo.py"})
        self.assertEqual(self.drive(engine), (0, "4.25;5.0\n", ""))
        self.assertEqual(self.said(engine), [{"x1": 0.5, "x2": 2}, {"x1": 1, "x2": 2}])
        engine = Engine(bowl, args={"eqpy": "algo.py", "names": ["a"]})
        code, _, err = self.drive(engine)
        self.assertEqual(code, 1)
        self.assertIn("put out 2 values, 0.5,2, and there are 1 names: a", err)

    def test_a_failure_shows_where(self):
        self.write("algo.py", 'import eqpy\ndef run():\n    eqpy.OUT_put("33" + 1)\n')
        code, _, err = self.drive(Engine(bowl, args={"eqpy": "algo.py"}))
        self.assertEqual(code, 1)
        self.assertIn("algo.py has failed:", err)
        self.assertIn('File "%s/algo.py", line 3, in run' % os.path.realpath(self.folder), err)

    def test_mistakes(self):
        self.write("none.py", "x = 3\n")
        self.write("asks.py", 'import eqpy\ndef run():\n    eqpy.OUT_put("Params")\n')
        for args, text in (
            ({"eqpy": "missing.py"}, 'there is no file "missing.py" beside the study file'),
            ({"eqpy": "none.py"}, "has no function run()"),
            ({"eqpy": "asks.py"}, 'asks for "Params": write what it is to get as a text'),
        ):
            code, _, err = self.drive(Engine(bowl, args=args))
            self.assertEqual((code, err.count("\n")), (1, 1), err)
            self.assertIn(text, err)

    def test_deap_finds_the_minimum_and_replays(self):
        try:
            import deap  # noqa: F401
        except ImportError:
            self.skipTest("python3-deap is not installed")
        source = os.path.join(HERE, "..", "..", "examples", "closed-form")
        shutil.copy(os.path.join(source, "genetic.py"), self.folder)
        sys.path.insert(0, source)
        import model

        sys.path.remove(source)
        args = {"eqpy": "genetic.py", "params": {"generations": 8, "population": 24}}

        def often(params):
            return math.nan if params["x"] > 0 else model.y(params["x"])

        first = Engine(often, args=args, space={"x": {"uniform": [-10.0, 10.0]}})
        code, out, err = self.drive(first)
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"^24 results, [1-9][0-9]? of them NaN")
        found = json.loads(first.finish)
        self.assertLess(found["y"] - model.true_minimum()[0], 0.02)
        again = Engine(often, args=args, space=first.hello["space"], replay=first.journal[:40])
        self.drive(again)
        self.assertIsNone(again.divergence)
        self.assertEqual(again.journal[1:40], first.journal[1:40])


@unittest.skipIf(RSCRIPT is None, "R is not installed")
class EqR(Case):
    def test_batches_go_to_and_fro(self):
        self.write(
            "algo.R",
            """
            OUT_put("Params")
            settings <- eval(parse(text = paste0("list(", IN_get(), ")")))
            batch <- sprintf('{"x": %d, "s": "\\u00e4;\\\\"b"}', seq_len(settings$n))
            OUT_put(paste0(batch, collapse = ";"))
            y <- as.numeric(strsplit(IN_get(), ";")[[1]])
            cat(sum(y), settings$word, "\\n")
            OUT_put("DONE")
            OUT_put(format(min(y)))
            """,
        )
        engine = Engine(
            lambda params: params["x"] ** 2 / 8,
            args={"eqr": "algo.R", "params": {"n": 3, "word": 'a "b"'}},
        )
        self.assertEqual(self.drive(engine), (0, '1.75 a "b" \n', ""))
        self.assertEqual(self.said(engine)[2], {"x": 3, "s": 'ä;"b'})
        self.assertEqual(engine.finish, "0.125")

    def test_an_error_of_r_is_shown(self):
        self.write("algo.R", 'OUT_put("33" + 3)\n')
        code, _, err = self.drive(Engine(bowl, args={"eqr": "algo.R"}))
        self.assertEqual(code, 1)
        self.assertIn("algo.R has failed: non-numeric argument to binary operator", err)

    def test_without_r_it_says_what_to_install(self):
        self.write("algo.R", "")
        code, _, err = self.drive(Engine(bowl, args={"eqr": "algo.R", "rscript": "no-such-R"}))
        self.assertEqual(code, 1)
        self.assertIn("install r-base-core (Debian)", err)


class EqSql(Case):
    SCRIPT = """
        import json
        from eqsql.task_queues import local_queue
        from eqsql.task_queues.core import ResultStatus, TaskStatus, TimeoutError
        queue = local_queue.init_task_queue("localhost", "user", 5432, "db")
        status, futures = queue.submit_tasks("exp", 0, [json.dumps({"x": x}) for x in range(6)])
        print(status.name, len(futures))
        status, one = queue.submit_task("exp", 0, json.dumps({"x": 9}), priority=3, tag="extra")
        print(one.tag, one.priority)
        queue.update_priorities(futures[:3], [5, 6, 7])
        print(queue.get_priorities(futures[:3])[2][1])
        first = queue.pop_completed(futures, timeout=20)
        print(first.result(), first.status.name, len(futures))
        got = []
        for future in queue.as_completed(futures, pop=True, n=4, batch_size=2):
            got.append(float(future.result(timeout=None)[1]))
        print(len(got), len(futures), queue.are_queues_empty())
        one.result(timeout=None)
        last = queue.submit_tasks("exp", 0, ['{"x": 100}'] * 9)[1]
        print(last[8].cancel(), last[8].status.name, last[8].result()[1])
        list(queue.as_completed(last, timeout=60))
        print(queue.are_queues_empty())
        queue.close()
        """

    def test_tasks(self):
        self.write("algo.py", self.SCRIPT)
        engine = Engine(bowl, capacity=2)
        code, out, err = engine.spawn([sys.executable, "algo.py"], cwd=self.folder)
        self.assertEqual((code, err, engine.errors), (0, "", []))
        lines = out.splitlines()
        self.assertEqual(lines[:3], ["SUCCESS 6", "extra 3", "7"])
        self.assertRegex(lines[3], r"^\(<ResultStatus.SUCCESS: 0>, '[0-9.]+'\) COMPLETE 5$")
        self.assertEqual(lines[4].split()[:2], ["4", "1"])
        self.assertEqual(lines[5:], ["True CANCELED EQ_ABORT", "True"])
        again = Engine(bowl, capacity=2, replay=engine.journal)
        code, replayed, err = again.spawn([sys.executable, "algo.py"], cwd=self.folder)
        self.assertEqual((code, replayed, again.divergence), (0, out, None))

    def test_what_does_not_end_in_time(self):
        self.write(
            "algo.py",
            """
            from eqsql.task_queues import local_queue
            queue = local_queue.init_task_queue()
            future = queue.submit_task("exp", 0, '{"x": 1}')[1]
            print(future.result(timeout=0.05))
            try:
                queue.pop_completed([future], timeout=0.05)
            except local_queue.TimeoutError as error:
                print(error)
            """,
        )
        engine = Engine(bowl, capacity=0)
        _, out, _ = engine.spawn([sys.executable, "algo.py"], cwd=self.folder)
        self.assertEqual(
            out,
            "(<ResultStatus.FAILURE: 1>, 'EQ_TIMEOUT')\n"
            "nothing more has ended after 0.05 seconds\n",
        )


if __name__ == "__main__":
    unittest.main()
