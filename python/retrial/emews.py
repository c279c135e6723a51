"""What EMEWS algorithms say, and what they are told: batches of params and of results in one text,
joined by semicolons. docs/emews.md tells more.
"""

import ast
import json
import math

from retrial.drive import DriveError, Stopped

GREETINGS = ("Params", "Settings")
LAST = ("DONE", "FINAL")
ABORTED = ("EQPY_ABORT", "EQR_ABORT")
OPEN, CLOSE = "([{", ")]}"


def split(text):
    """The parts of a batch: at the semicolons that are in no quotes and no brackets."""
    parts, start, at, depth, quote = [], 0, 0, 0, None
    while at < len(text):
        c = text[at]
        if quote:
            if c == "\\":
                at += 1
            elif c == quote:
                quote = None
        elif c == '"' or (c == "'" and depth):
            quote = c
        elif c in OPEN:
            depth += 1
        elif c in CLOSE:
            depth -= 1
        elif c == ";" and depth <= 0:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    parts.append(text[start:])
    return [part.strip() for part in parts]


def value_of(text):
    """A JSON value, or a literal of Python, or the text itself."""
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            pass
    return text


class Exchange:
    """Between an algorithm and the study. get() waits for what the algorithm puts out, a text, or
    None at its end; put(text) is what it gets in."""

    def __init__(self, study, file, get, put):
        self.study = study
        self.file = file
        self.get = get
        self.put = put
        self.batches = 0
        self.names = study.args.get("names") or list(study.space or ())
        self.results = study.args.get("results")
        if self.results is None and study.metric is None:
            raise DriveError(
                f"{file} is to be told results: write an objective, such as "
                "`objective: {minimize: val_loss}`, or the metrics, `driver: {results: [a, b]}`"
            )

    def run(self):
        """Until the algorithm is done; what it gave last, as a list of texts."""
        message = self.get()
        if message is not None and self.is_greeting(message):
            self.put(self.settings(message))
            message = self.get()
        while message is not None and message not in LAST:
            if message in ABORTED:
                raise DriveError(f"{self.file} has failed: {self.get() or message}")
            self.put(self.evaluate(message))
            message = self.get()
        return [] if message is None else self.rest()

    def rest(self):
        texts = []
        while (message := self.get()) is not None:
            if message in ABORTED:
                raise DriveError(f"{self.file} has failed: {self.get() or message}")
            texts.append(message)
        return texts

    def is_greeting(self, message):
        return message in GREETINGS or ("params" in self.study.args and self.batches == 0)

    def settings(self, message):
        """What the algorithm's first question gets: driver's `params`."""
        params = self.study.args.get("params")
        if params is None:
            raise DriveError(
                f'{self.file} asks for "{message}": write what it is to get as a text, such as '
                '`driver: {..., params: "10, 20, 1"}`'
            )
        return self.settings_text(params)

    def settings_text(self, params):
        if isinstance(params, str):
            return params
        if isinstance(params, dict):
            return ", ".join(f"{key} = {value!r}" for key, value in params.items())
        if isinstance(params, list):
            return repr(tuple(params))
        return json.dumps(params)

    def evaluate(self, message):
        """Runs a batch; the results joined by semicolons, in its order."""
        batch = [self.params_of(part) for part in split(message)]
        self.batches += 1
        futures = self.study.submit_all(batch, tags={"batch": self.batches})
        return ";".join(self.told(future.result()) for future in futures)

    def params_of(self, text):
        value = value_of(text)
        if isinstance(value, dict):
            return value
        if isinstance(value, str):
            value = [value_of(part.strip()) for part in value.split(",")]
        values = list(value) if isinstance(value, (list, tuple)) else [value]
        if not values or values == [""]:
            raise DriveError(f"{self.file} put out an empty set of parameters")
        names = self.names or [f"x{i}" for i in range(1, len(values) + 1)]
        if len(names) != len(values):
            raise DriveError(
                f"{self.file} put out {len(values)} values, {text[:200]}, and there are "
                f"{len(names)} names: {', '.join(names)[:200]}"
            )
        return dict(zip(names, values))

    def told(self, done):
        """A trial that gave nothing is NaN, as EMEWS has it."""
        if self.results is None:
            return number(done.value)
        metrics = (done.metrics or {}) if done.ok else {}
        return ",".join(number(metrics.get(name)) for name in self.results)


def number(value):
    if type(value) not in (int, float) or math.isnan(value):
        return "NaN"
    return repr(value)


def conclude(study, texts):
    study.finish(texts[0] if len(texts) == 1 else texts or None)


__all__ = ["Exchange", "conclude", "split", "value_of", "number", "Stopped"]
