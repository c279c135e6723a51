"""JSON lines between a driver and the engine, over two pipes: docs/drivers.md.

Needs Python 3.9 and nothing beyond its standard library.
"""

import json
import math
import os

NOT_A_NUMBER = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def _plain_float(members):
    if len(members) == 1 and "$float" in members:
        return NOT_A_NUMBER.get(members["$float"], members)
    return members


def decode(line):
    """A message of the engine as Python has it: {"$float": "nan"} becomes a float."""
    if b'"$float"' in line:
        return json.loads(line, object_hook=_plain_float)
    return json.loads(line)


def of_library(value):
    """What a scalar or an array of numpy, torch and their kin is in plain numbers and lists."""
    for name in ("tolist", "item"):
        if hasattr(value, name):
            return getattr(value, name)()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{value!r} is of type {type(value).__name__}, which is no JSON")


def _finite(value):
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    return _finite(of_library(value))


_encode = json.JSONEncoder(
    allow_nan=False, check_circular=False, separators=(",", ":"), default=of_library
).encode


def encode(message):
    """A message as a line. TypeError if a value is none that JSON has."""
    try:
        text = _encode(message)
    except ValueError:  # NaN or infinite, which JSON has no words for
        text = _encode(_finite(message))
    return text.encode() + b"\n"


class Lines:
    """The two pipes. What is put is sent when take() would wait, or by flush()."""

    def __init__(self, read_fd, write_fd):
        self._in = os.fdopen(read_fd, "rb", 1 << 16)
        self._out = write_fd
        self._unsent = []

    @classmethod
    def of_environment(cls):
        """By the descriptors that RETRIAL_DRIVER_IN and RETRIAL_DRIVER_OUT name; None if there are
        none. Processes that the driver starts do not get them."""
        try:
            numbers = [int(os.environ.pop(f"RETRIAL_DRIVER_{way}")) for way in ("IN", "OUT")]
        except (KeyError, ValueError):
            return None
        for number in numbers:
            os.set_inheritable(number, False)
        return cls(*numbers)

    def put(self, message):
        self._unsent.append(encode(message))

    def flush(self):
        """Sends what was put. If the other side is gone, take() will tell; what it said before it
        left is still to be read."""
        data = memoryview(b"".join(self._unsent))
        self._unsent.clear()
        try:
            while data:
                data = data[os.write(self._out, data) :]
        except BrokenPipeError:
            pass

    def take(self):
        """The next message; None at the end of the conversation."""
        self.flush()
        line = self._in.readline()
        return decode(line) if line.endswith(b"\n") else None

    def close(self):
        self.flush()
        os.close(self._out)
        self._in.close()
