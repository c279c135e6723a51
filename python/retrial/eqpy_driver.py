"""`driver: {eqpy: FILE.py, params: ...}`: an algorithm that was written for EMEWS' EQ/Py."""

import importlib.util
import os
import random
import sys

from retrial.drive import DriveError
from retrial.emews import Exchange, conclude


def load(file):
    """The algorithm's module, imported as `import NAME` beside it would."""
    path = os.path.abspath(file)
    if not os.path.isfile(path):
        raise DriveError(f'eqpy: there is no file "{file}" beside the study file')
    sys.path.insert(0, os.path.dirname(path))
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None:
        raise DriveError(f'eqpy: "{file}" is not a Python file')
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    if not callable(getattr(module, "run", None)):
        raise DriveError(f'eqpy: "{file}" has no function run(), with which an algorithm starts')
    return module


def main(study):
    import eqpy  # before the algorithm's folder is searched, where the original may lie

    file = study.args["eqpy"]
    random.seed(study.seed)
    module = load(file)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(study.seed % 2**32)

    def get():
        message = eqpy.output_q_get()
        if message is not eqpy.EQPY_ABORT or not eqpy.aborted:
            return message
        if eqpy.p.failed:
            raise DriveError(f"{file} has failed:\n{eqpy.output_q_get()}")
        return None

    exchange = Exchange(study, file, get, eqpy.input_q.put)
    eqpy.init(module)
    conclude(study, exchange.run())
