"""EQ/Py on Retrial: for algorithms that were written for the module of this name of EMEWS.

An algorithm is a module with a function run(), which hands out batches of parameters by OUT_put()
and waits for their results in IN_get(). `driver: {eqpy: FILE.py}` runs it: docs/emews.md.
"""

import importlib
import queue
import threading
import traceback

EQPY_ABORT = "EQPY_ABORT"
input_q = queue.Queue()
output_q = queue.Queue()
p = None  # the thread that runs the algorithm
aborted = False
_ENDED = object()  # the last that the thread puts out


class ThreadRunner(threading.Thread):
    """Runs the module's run(); `exc` is then how it ended."""

    def __init__(self, runnable):
        super().__init__(daemon=True)
        self.runnable = runnable
        self.exc = "Exited normally"
        self.failed = False

    def run(self):
        try:
            self.runnable.run()
        except BaseException:
            self.exc = traceback.format_exc()
            self.failed = True
        output_q.put(_ENDED)


def init(pkg):
    """Starts run() of a module, which is named or given, in a thread."""
    global p, aborted
    aborted = False
    p = ThreadRunner(importlib.import_module(pkg) if isinstance(pkg, str) else pkg)
    p.start()


def output_q_get():
    """What the algorithm put out next. Once it has ended EQPY_ABORT, then how it ended."""
    global aborted
    if aborted:
        return p.exc
    message = output_q.get()
    if message is _ENDED:
        aborted = True
        return EQPY_ABORT
    return message


def OUT_put(string_params):
    """For algorithms: hands out a text."""
    output_q.put(string_params)


def IN_get():
    """For algorithms: waits for a text."""
    return input_q.get()
