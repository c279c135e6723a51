"""The `space` of a study file, as drivers get it: docs/drivers.md#space.

space = Space({"layers": {"int": [1, 4]}, "units": {"int": [8, 512], "when": ["layers >= 3"]}})
space.draw(lambda name, kind: ...)      # asks for one value after the other
"""

import json
import operator
import re

KINDS = ("uniform", "loguniform", "int", "choice")
_COMPARE = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
            ">": operator.gt, ">=": operator.ge}  # fmt: skip
_CONDITION = re.compile(
    r"\s*(?P<key>\S+?)\s*(?P<op>==|!=|<=|>=|<|>|\bin\b)\s*(?P<value>.*?)\s*$", re.S
)


class SpaceError(ValueError):
    """A space that cannot be used; the text names the parameter and says why."""


class Kind:
    """How one parameter varies: name is one of KINDS; numbers have low, high, log, step, and
    choices choices."""

    __slots__ = ("name", "low", "high", "log", "step", "choices")

    def __init__(self, name, low=None, high=None, log=False, step=None, choices=None):
        self.name = name
        self.low = low
        self.high = high
        self.log = log or name == "loguniform"
        self.step = step
        self.choices = choices

    @property
    def integer(self):
        return self.name == "int"


def _scalar(text):
    """A value as a condition has it: JSON if it is that, a text if not."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _is_number(value):
    return type(value) in (int, float)


class Condition:
    """`layers >= 3`, `optimizer in [adam, sgd]`; not met where the key is missing."""

    def __init__(self, text):
        found = _CONDITION.match(text)
        if found is None:
            raise SpaceError(f'"{text}" is no condition, such as layers >= 3')
        self.key, self.op, value = found.group("key", "op", "value")
        if self.op == "in":
            if not (value.startswith("[") and value.endswith("]")):
                raise SpaceError(f'"{text}": behind "in" comes a list, such as [adam, sgd]')
            self.value = [_scalar(item) for item in re.findall(r'"(?:\\.|[^"])*"|[^,\[\]]+', value)]
        else:
            self.value = _scalar(value)

    def met(self, values):
        if self.key not in values:
            return False
        value = values[self.key]
        if self.op == "in":
            return any(_equal(value, item) for item in self.value)
        if self.op in ("==", "!="):
            return _equal(value, self.value) == (self.op == "==")
        return _is_number(value) and _is_number(self.value) and _COMPARE[self.op](value, self.value)


def _equal(a, b):
    return a == b if _is_number(a) and _is_number(b) else type(a) is type(b) and a == b


def kind_of(key, spec):
    """The Kind of a parameter by its long form; SpaceError."""
    names = [name for name in KINDS if name in spec]
    if len(names) != 1:
        raise SpaceError(
            f'"{key}" is of one kind of {", ".join(KINDS)}, not {json.dumps(spec)[:200]}'
        )
    values = spec[names[0]]
    if names[0] == "choice":
        return Kind("choice", choices=list(values))
    return Kind(names[0], *values, log=bool(spec.get("log")), step=spec.get("step"))


class Space:
    """kinds: name -> Kind; order: the names, each behind those that its conditions are on."""

    def __init__(self, spec, fixed=None):
        self.fixed = dict(fixed or {})
        self.kinds = {key: kind_of(key, one) for key, one in spec.items()}
        self.conditions = {}
        for key, one in spec.items():
            when = one.get("when") or []
            self.conditions[key] = [
                Condition(c) for c in ([when] if isinstance(when, str) else when)
            ]
        self.order = self._ordered()

    def _ordered(self):
        order, left = [], list(self.kinds)
        while left:
            free = next(
                (key for key in left if not any(c.key in left for c in self.conditions[key])), None
            )
            if free is None:
                raise SpaceError(f"the conditions of {', '.join(left)} are on one another")
            order.append(free)
            left.remove(free)
        return order

    def draw(self, value_of):
        """The values of one trial, by name; value_of(name, kind) is asked for those whose
        conditions hold."""
        values = dict(self.fixed)
        drawn = {}
        for key in self.order:
            if all(condition.met(values) for condition in self.conditions[key]):
                drawn[key] = values[key] = value_of(key, self.kinds[key])
        return drawn
