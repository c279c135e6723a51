"""python/retrial/capture.py: functions of a notebook as files."""

import linecache
import textwrap
import unittest

from double import PYTHON  # noqa: F401
from retrial.capture import CaptureError, capture


def cell(text, name="train"):
    """What a notebook does with a cell: the function of that name."""
    text = textwrap.dedent(text)
    file = f"<cell {abs(hash(text))}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names = {"__name__": "__main__"}
    exec(compile(text, file, "exec"), names)
    return names[name]


class Capturing(unittest.TestCase):
    def test_what_a_function_uses_goes_with_it(self):
        function = cell("""
            import math as m
            from os.path import join
            SCALE, NAMES = 2.5, {"a": [1, None]}
            unused = object()
            class Model:
                def predict(self, x):
                    return helper(x) * SCALE
            def helper(x):
                return m.sqrt(x) + len(NAMES) + recursive(3)
            def recursive(n):
                return n if n == 0 else recursive(n - 1)
            def train(x):
                y = Model().predict(x)
                return {"y": y, "path": join("a", "b")}
            """)
        names = {}
        exec(capture(function), names)
        self.assertEqual(names["train"](4), {"y": 7.5, "path": "a/b"})
        self.assertNotIn("unused", names)

    def test_odd_things_go_with_it(self):
        function = cell("""
            from functools import lru_cache
            from random import randint
            LOW, MANY = [float("-inf"), float("nan")], {"b", "a"}
            loss = object()
            @lru_cache
            def square(x):
                return x * x
            def train(x):
                loss = square(x) + randint(1, 1) + len(MANY)
                return max(LOW[0], loss)
            """)
        names = {}
        exec(capture(function), names)
        self.assertEqual(names["train"](4), 19)
        self.assertNotIn("loss", names)
        self.assertIn("MANY = {'a', 'b'}", capture(function))

    def test_what_cannot_be_written_down_is_named(self):
        function = cell("data = iter([1])\ndef train(x):\n    return next(data)\n")
        with self.assertRaisesRegex(CaptureError, "train uses data, which is of type list_iterator"):
            capture(function)

        outside = 3

        def inner(x):
            return outside

        with self.assertRaisesRegex(CaptureError, "it is defined in: outside; define it at the top"):
            capture(inner)


if __name__ == "__main__":
    unittest.main()
