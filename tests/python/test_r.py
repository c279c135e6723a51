"""r/retrial.R against an engine of tests/python/double.py."""

import os
import shutil
import subprocess
import unittest

from double import HERE, Engine

RSCRIPT = shutil.which("Rscript")
FILE = os.path.join(HERE, "..", "..", "r", "retrial.R")


def has_jsonlite():
    words = [RSCRIPT, "-e", "library(jsonlite)"]
    return RSCRIPT and subprocess.run(words, capture_output=True).returncode == 0


@unittest.skipUnless(has_jsonlite(), "R with jsonlite is not installed")
class R(unittest.TestCase):
    def drive(self, engine, script):
        words = [
            RSCRIPT,
            "-e",
            'source(Sys.getenv("RETRIAL_R"))\nstudy <- retrial_connect()\n' + script,
        ]
        ended = engine.spawn(words, RETRIAL_R=FILE)
        if engine.errors:
            raise engine.errors[0]
        return ended

    def square(self, params):
        return float("nan") if params["x"] > 90 else params["x"] ** 2

    def test_ask_and_tell(self):
        script = """
            seen <- 0
            study$run(ask = function() list(x = seen + runif(1), s = "\\u00e4;\\"b"),
                      tell = function(done) seen <<- seen + 1, trials = 12)
            cat(seen, study$best$id, study$metric, study$minimize, "\\n")
            study$finish(study$best$params)
            """
        first = Engine(self.square, capacity=3)
        code, out, err = self.drive(first, script)
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"^12 \d y TRUE \n$")
        self.assertEqual(first.submitted()[0]["params"]["s"], 'ä;"b')
        self.assertLess(first.finish["x"], 2)
        again = Engine(self.square, capacity=3, replay=first.journal[:15])
        self.drive(again, script)
        self.assertIsNone(again.divergence)
        self.assertEqual(again.journal[1:15], first.journal[1:15])

    def test_numbers_keep_their_digits(self):
        script = """
            done <- study$map(list(list(x = 0.1 + 0.2), list(x = 2^53 - 1), list(x = 1, y = c(1, NaN))))
            study$finish(1)
            """
        state = '{"next": 99999, "state": "s"}'
        engine = Engine(self.square, resume="state", state=state)
        self.assertEqual(self.drive(engine, script)[0], 0)
        asked = engine.submitted()
        self.assertEqual([one["id"] for one in asked], [99999, 100000, 100001])
        self.assertEqual([one["params"]["x"] for one in asked], [0.1 + 0.2, 2**53 - 1, 1])
        self.assertEqual(asked[2]["params"]["y"], [1, {"$float": "nan"}])

    def test_the_rest(self):
        script = """
            done <- study$map(list(list(x = 3), list(x = 95), list(x = 1.5)))
            cat(sapply(done, function(one) format(one$value)), "\\n")
            ids <- study$submit_all(list(list(x = Inf), list(x = 2)), replicates = 2,
                                    tags = list(phase = "b"), priority = 1)
            study$set_priority(ids[2], 5)
            n <- sapply(1:4, function(i) study$next_done()$replicate)
            cat(sum(n), study$capacity(), study$time() > 1.7e9, study$random() >= 0, "\\n")
            study$save("at the end")
            study$finish()
            """
        engine = Engine(self.square, capacity=2, seconds=lambda params: 1)
        self.assertEqual(self.drive(engine, script), (0, "9 NaN 2.25 \n6 2 TRUE TRUE \n", ""))
        self.assertEqual(engine.submitted()[3]["params"], {"x": {"$float": "inf"}})
        later = Engine(self.square, resume="state", state=engine.saved)
        self.assertEqual(
            self.drive(later, 'cat(study$state, study$submit(list(x = 1)), "\\n")'),
            (0, "at the end 5 \n", ""),
        )

    def test_the_end_of_the_launch_ends_it_quietly(self):
        engine = Engine(self.square, over_after=2)
        code, out, err = self.drive(engine, 'study$run(function() list(x = 1)); cat("never")')
        self.assertEqual((code, out, err), (0, "", ""))

    def test_started_by_hand_it_says_what_to_do(self):
        words = [RSCRIPT, "-e", f'source("{FILE}"); retrial_connect()']
        ended = subprocess.run(words, capture_output=True, text=True)
        self.assertIn("write `driver: {command: [Rscript, FILE.R]}`", ended.stderr)


if __name__ == "__main__":
    unittest.main()
