# Objectives of Optuna as entries: functions of one `trial`, which they ask for parameters. Run behind
# worker.py and trial.py, in the same module. docs/drivers-python.md is for authors of objectives.
#
# What the trial's params have is answered by them. Where a driver proposes the trials, a parameter that
# is missing makes the run a trace: it goes on with values drawn at hand, until it does something
# else than ask, and ends as `pruned`, with what it asked for as the reason. The driver then proposes
# another trial that has it all.

import json

TRACE_SECONDS = 0.2  # so long after the last question a trace goes on
metric = "value"  # the objective's; set by what runs trials


def is_objective(function):
    """Whether all that it takes is a trial."""
    try:
        signature = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False
    return list(signature) == ["trial"] and signature["trial"].kind in (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )


class NotProposed(Pruned):
    """What an objective asked for was not all proposed."""


class Objective:
    """An entry that takes params and a trial, as any other, and runs an objective."""

    def __init__(self, function, driven):
        self.function = function
        self.driven = driven

    def __call__(self, params, trial):
        asked = Suggesting(trial, params, self.driven)
        try:
            value = self.function(asked)
        except Exception as error:
            if asked.tracing and not isinstance(error, NotProposed):
                raise asked.not_proposed(ended=True) from None
            raise
        finally:
            asked.end_trace()
        if asked.tracing:
            raise asked.not_proposed(ended=not asked.cut)
        return asked.with_attributes(value)


class Suggesting(Trial):
    """The trial of Optuna's that an objective knows."""

    def __init__(self, trial, params, driven):
        super().__init__(trial.id, trial.ordinal, trial.attempt, trial.replicate, trial.seed)
        self.number = trial.ordinal - 1
        self.params = {}
        self.distributions = {}
        self.user_attrs = {}
        self.system_attrs = {}
        self.tracing = False
        self.cut = False
        self._proposed = params
        self._driven = driven
        self._asked = []  # [name, kind, value] in order
        self._given = 0  # so many of them were proposed, before the first that was not
        self._handler = None

    # -- asking --

    def suggest_float(self, name, low, high, *, step=None, log=False):
        kind = {"loguniform" if log else "uniform": [float(low), float(high)]}
        if step is not None:
            kind["step"] = step
        return float(self._suggest(name, kind))

    def suggest_int(self, name, low, high, step=1, log=False):
        kind = {"int": [int(low), int(high)]}
        if step != 1:
            kind["step"] = step
        if log:
            kind["log"] = True
        return int(self._suggest(name, kind))

    def suggest_categorical(self, name, choices):
        if name in self.params:
            return self.params[name]
        offered = [choice if is_plain(choice) else str(choice) for choice in choices]
        value = self._suggest(name, {"choice": offered})
        alike = [i for i, offer in enumerate(offered) if offer == value]
        same = [i for i in alike if type(offered[i]) is type(value)]
        self.params[name] = list(choices)[(same or alike)[0]]
        return self.params[name]

    def suggest_uniform(self, name, low, high):
        return self.suggest_float(name, low, high)

    def suggest_loguniform(self, name, low, high):
        return self.suggest_float(name, low, high, log=True)

    def suggest_discrete_uniform(self, name, low, high, q):
        return self.suggest_float(name, low, high, step=q)

    def _suggest(self, name, kind):
        if name in self.params:
            return self.params[name]
        value = self._proposed[name] if name in self._proposed else None
        if name not in self._proposed or not fits(value, kind):
            value = self._draw(name, kind)
        elif not self.tracing:
            self._given += 1
        self._asked.append([name, kind, value])
        self.params[name] = value
        self.distributions[name] = kind
        if self.tracing:
            self._set_timer()
        return value

    def _draw(self, name, kind):
        if not self._driven:
            if name in self._proposed:
                raise ValueError(f"{name} = {self._proposed[name]!r} is not in {json.dumps(kind)}")
            raise ValueError(
                f'the objective asks for "{name}", which the study does not give'
                + nearest(name, list(self._proposed))
            )
        self.tracing = True
        import random  # not before: a generator that is there is seeded for each trial

        return draw(random.Random(f"{self.seed} {name}"), kind)

    # -- traces --

    def _set_timer(self):
        """What computes for longer than it asks has asked for all that it needs here."""
        import signal

        try:
            if self._handler is None:
                self._handler = signal.signal(signal.SIGALRM, self._on_time)
            signal.setitimer(signal.ITIMER_REAL, TRACE_SECONDS)
        except ValueError:  # not in the main thread: then it runs to its end
            pass

    def _on_time(self, *_):
        self.cut = True  # if somebody catches this
        raise self.not_proposed()

    def end_trace(self):
        if self._handler is not None:
            import signal

            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._handler)
            self._handler = None

    def not_proposed(self, ended=False):
        missing = [name for name, _, _ in self._asked[self._given :]]
        asked = json.dumps({"asked": self._asked, "proposed": self._given, "ended": ended})
        return NotProposed(
            f"the objective asked for {', '.join(missing)[:200]}, which had not been proposed; "
            f"another trial has it\n{asked}"
        )

    # -- what else a trial of Optuna's can do --

    def report(self, value, step=None, *args, **metrics):
        """report(value, step) as Optuna has it, or report(step, name=value) as Retrial has."""
        if self.tracing:
            raise self.not_proposed()
        if metrics or isinstance(step, dict) or step is None:
            given = [value] if step is None else [value, step]
            return report(*given, *args, **metrics)
        report(step, {metric: value}, raises=False)
        return None

    def should_prune(self):
        if self.tracing:
            raise self.not_proposed()
        return should_stop(wait=True)

    def set_user_attr(self, key, value):
        self.user_attrs[key] = value

    def set_system_attr(self, key, value):
        self.system_attrs[key] = value

    def with_attributes(self, value):
        """User attributes are metrics beside the objective."""
        if isinstance(value, (list, tuple)):
            raise ValueError(
                f"the objective returned {len(value)} values, and a study of Retrial has one goal: return "
                "that, and set the others by trial.set_user_attr(), or return a dict of metrics"
            )
        if not self.user_attrs or isinstance(value, dict):
            return value
        return {**self.user_attrs, metric: value}

    @property
    def study(self):
        raise AttributeError(
            "a trial of Retrial has no study of Optuna's: what it knows of other trials is for the "
            "driver"
        )


def is_plain(choice):
    return choice is None or isinstance(choice, (str, int, float))


def fits(value, kind):
    """Whether a value that was proposed is one of those that are asked for."""
    if "choice" in kind:
        return value in kind["choice"]
    low, high = next(iter(kind.values()))
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and low <= value <= high and ("int" not in kind or value == int(value))


def draw(generator, kind):
    if "choice" in kind:
        return generator.choice(kind["choice"])
    name, (low, high) = next(iter(kind.items()))
    if name == "int":
        step = kind.get("step", 1)
        return low + step * generator.randint(0, (high - low) // step)
    if name == "loguniform":
        return min(high, max(low, low * (high / low) ** generator.random()))
    step = kind.get("step")
    if step:
        return low + step * generator.randint(0, int((high - low) / step + 1e-9))
    return generator.uniform(low, high)


# -- scripts that optimise as they are imported -------------------------------------------------


class EndOfImport(BaseException):
    """The rest of the file would do what the driver does."""


importing = None  # the name of the entry's module, while its file is run


def teach_optuna(module, _):
    """A script's own study.optimize() ends its import: the objective is defined by then."""
    original = module.Study.optimize

    def optimize(self, *args, **how):
        caller = sys._getframe(1)
        top = caller.f_code.co_name == "<module>"
        if importing is not None and top and caller.f_globals.get("__name__") == importing:
            raise EndOfImport
        return original(self, *args, **how)

    module.Study.optimize = optimize


def run_file(spec, module):
    """Runs the entry's file."""
    global importing
    importing = spec.name
    try:
        spec.loader.exec_module(module)
    except EndOfImport:
        pass
    finally:
        importing = None


def as_entry(function, params):
    """The function as it is called; params are None where a driver will tell them."""
    return Objective(function, params is None) if is_objective(function) else function


TAUGHT["optuna.study.study"] = teach_optuna
