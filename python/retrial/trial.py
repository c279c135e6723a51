# What a model may tell and ask while it runs: the module `retrial`, as workers have it. Run behind
# worker.py, in the same module. docs/intermediate-results.md is for authors of models.

import json
import operator

ask_agent = None  # from bytes to bytes, both JSON: engine/link.h; set by what runs trials


class Pruned(Exception):
    """The trial is to stop here, or stops by itself; the text says why."""


class Answer:
    """What is known of the trial's fate."""

    __slots__ = ("stop", "reason", "params")

    def __init__(self, stop, reason, params):
        self.stop = stop
        self.reason = reason
        self.params = params

    def __repr__(self):
        return f"<answer: {'stop' if self.stop else 'go on'}>"


def ask(question):
    if ask_agent is None:
        raise RuntimeError("no trial runs")
    answer = json.loads(ask_agent(json.dumps(question).encode()).decode())
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer


def number_of(name, value):
    try:
        value = float(value)
    except Exception:
        kind = type(value).__name__
        raise TypeError(f'the metric "{name}" of a report is of type {kind}, not a number') from None
    if value - value == 0:
        return value
    return {"$float": "nan" if value != value else "inf" if value > 0 else "-inf"}


def answer_of(found):
    return Answer(found["stop"] is not None, found["stop"], found["params"])


def report(step, metrics=None, *, wait=False, raises=True, **more):
    """Reports numbers at a step. Raises Pruned if the trial is to stop, unless raises=False."""
    values = {str(name): number_of(name, value) for name, value in {**(metrics or {}), **more}.items()}
    step = operator.index(step)
    answer = answer_of(ask({"report": {"step": step, "metrics": values, "wait": bool(wait)}}))
    if answer.stop and raises:
        raise Pruned(answer.reason)
    return answer


def should_stop(wait=False):
    """Whether the trial is to stop; with wait=True after all of its reports were judged."""
    return answer_of(ask({"answer": {"wait": bool(wait)}})).stop


def checkpoint(path, step=None):
    """Keeps a file or a folder; it may change as soon as this returns."""
    step = None if step is None else operator.index(step)
    ask({"keep": {"path": os.fspath(path), "step": step}})


def restore():
    """Path of the last checkpoint that an earlier attempt of this trial kept, or None."""
    return ask({"restore": {}})["path"]


class Trial:
    """What a function may ask about the trial that it runs, by a parameter named `trial`."""

    __slots__ = ("id", "ordinal", "attempt", "replicate", "seed")

    def __init__(self, id, ordinal, attempt, replicate, seed):
        self.id = id
        self.ordinal = ordinal
        self.attempt = attempt
        self.replicate = replicate
        self.seed = seed

    def __repr__(self):
        return f"<trial {self.id}, attempt {self.attempt}>"

    report = staticmethod(report)
    should_stop = staticmethod(should_stop)
    checkpoint = staticmethod(checkpoint)
    restore = staticmethod(restore)


def pruned(error):
    """Why the trial has stopped, if that is what an exception says; else None."""
    optuna = type(error).__name__ == "TrialPruned" and type(error).__module__.startswith("optuna")
    return str(error) if optuna or isinstance(error, Pruned) else None


# -- the module -------------------------------------------------------------------------------


def teach_retrial(module, _):
    for part in (Pruned, Answer, report, should_stop, checkpoint, restore):
        setattr(module, part.__name__, part)


class OwnLoader:
    create_module = staticmethod(lambda spec: None)
    exec_module = staticmethod(lambda module: None)


class OwnFinder:
    """Last in sys.meta_path: the module is there where nothing is installed, too."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != "retrial":
            return None
        return importlib.util.spec_from_loader(name, OwnLoader, is_package=True)


Pruned.__module__ = Answer.__module__ = "retrial"
TAUGHT["retrial"] = teach_retrial
sys.meta_path.append(OwnFinder)
