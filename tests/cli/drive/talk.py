"""The protocol of docs/drivers.md with the standard library alone, for the drivers of these tests."""

import json
import os

_in = os.fdopen(int(os.environ["RETRIAL_DRIVER_IN"]))
_out = os.fdopen(int(os.environ["RETRIAL_DRIVER_OUT"]), "w")


def hear():
    line = _in.readline()
    return json.loads(line) if line else None


def say(**message):
    _out.write(json.dumps(message) + "\n")
    _out.flush()


def write(text):
    _out.write(text)
    _out.flush()


hello = hear()["hello"]
