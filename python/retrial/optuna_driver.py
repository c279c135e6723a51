"""`driver: {use: optuna.TPESampler, ...}`: a sampler of Optuna proposes the trials.

Arguments of the sampler stand beside `use`. It is seeded with the study's seed, and told of each
trial as it ends, so that a replay samples the same.
"""

import difflib
import inspect
import json
import math
import warnings

from retrial.drive import DriveError
from retrial.space import Space, SpaceError

MISSING = (
    "`driver: {use: optuna....}` needs Optuna, which this interpreter does not have: install "
    "python3-optuna (Debian) or optuna (PyPI), or name an interpreter that has it by "
    "`driver: {python: ...}`"
)
GRID_MAX = 100000  # values of one parameter


def nearest(name, names):
    close = difflib.get_close_matches(name, list(names), 1)
    return f'; did you mean "{close[0]}"?' if close else ""


def load_optuna():
    try:
        import optuna
    except ImportError as error:
        if error.name != "optuna":
            raise DriveError(f"importing Optuna: {error}") from error
        raise DriveError(MISSING) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    return optuna


# Keys of `driver:` that the engine reads itself: they do not come here unless they are misspelt.
ENGINE_KEYS = ("trials", "in_flight", "stop", "resume", "strict", "silence", "python")


def sampler_class(optuna, use):
    """The class that `use: optuna.NAME` names."""
    name = str(use)
    for prefix in ("optuna.", "samplers."):
        name = name[len(prefix) :] if name.startswith(prefix) else name
    if "." in name:
        raise DriveError(f'use: takes optuna.SAMPLER, such as optuna.TPESampler, not "{use}"')
    found = getattr(optuna.samplers, name, None)
    known = [n for n in dir(optuna.samplers) if n.endswith("Sampler") and n != "BaseSampler"]
    if name not in known or not isinstance(found, type):
        hint = nearest(name, known) or f"; it has {', '.join(known)}"
        raise DriveError(f'use: Optuna {optuna.__version__} has no sampler "{name}"{hint}')
    return found


def make_pruner(optuna, study):
    """The pruner that `pruner: optuna.NAME` names, or {use: optuna.NAME, argument: value, ...}."""
    asked = study.args.get("pruner")
    if asked is None:
        return None
    args = dict(asked) if isinstance(asked, dict) else {"use": asked}
    name = str(args.pop("use", "")).rpartition(".")[2]
    kind = getattr(optuna.pruners, name, None)
    known = [n for n in dir(optuna.pruners) if n.endswith("Pruner") and n != "BasePruner"]
    if name not in known:
        hint = nearest(name, known) or f"; it has {', '.join(known)}"
        raise DriveError(f'pruner: Optuna {optuna.__version__} has no pruner "{name}"{hint}')
    try:
        return kind(**args)
    except (TypeError, ValueError) as error:
        raise DriveError(f"driver: making a {name}: {error}") from error


def make_sampler(optuna, study, space):
    args = {key: value for key, value in study.args.items() if key not in ("use", "pruner")}
    kind = sampler_class(optuna, study.args["use"])
    takes = inspect.signature(kind).parameters
    for key in args:
        if key not in takes:
            raise DriveError(
                f'driver: {kind.__name__} takes no "{key}"'
                + (nearest(key, [*takes, *ENGINE_KEYS]) or f"; it takes {', '.join(takes) or 'nothing'}")
            )
    if "seed" in takes:
        args.setdefault("seed", study.seed % 2**32)
    if "search_space" in takes and "search_space" not in args and kind.__name__ == "GridSampler":
        args["search_space"] = grid(space)
    if isinstance(args.get("search_space"), dict):
        args["search_space"] = {key: list(values) for key, values in args["search_space"].items()}
    try:
        return kind(**args)
    except (TypeError, ValueError, ImportError) as error:
        raise DriveError(f"driver: making a {kind.__name__}: {error}") from error


def grid(space):
    values = {}
    if not space.kinds:
        raise DriveError("a GridSampler needs a `space`, or its own `search_space`")
    for key, kind in space.kinds.items():
        if kind.name == "choice":
            values[key] = Choices(kind.choices).offered
        elif kind.integer and not kind.log and kind.high - kind.low < GRID_MAX * (kind.step or 1):
            values[key] = list(range(kind.low, kind.high + 1, kind.step or 1))
        else:
            raise DriveError(
                f'a GridSampler takes its values from `space`, and "{key}" is no choice and no '
                "range of integers; write its values as `choice(...)`"
            )
    return values


class Choices:
    """Optuna offers texts, numbers, booleans and null; lists and mappings travel as JSON."""

    def __init__(self, choices):
        self.as_json = any(isinstance(choice, (list, dict)) for choice in choices)
        self.offered = [json.dumps(choice) for choice in choices] if self.as_json else choices

    def value(self, offered):
        return json.loads(offered) if self.as_json else offered

    def offer(self, value):
        return json.dumps(value) if self.as_json else value


def suggest(trial, key, kind):
    try:
        return suggested(trial, key, kind)
    except (ValueError, TypeError, ImportError) as error:
        sampler = type(trial.study.sampler).__name__
        raise DriveError(f'a {sampler} was asked for "{key}": {error}') from error


def suggested(trial, key, kind):
    if kind.name == "choice":
        choices = Choices(kind.choices)
        return choices.value(trial.suggest_categorical(key, choices.offered))
    if kind.integer:
        return trial.suggest_int(key, kind.low, kind.high, step=kind.step or 1, log=kind.log)
    return trial.suggest_float(key, kind.low, kind.high, step=kind.step, log=kind.log)


def distribution(optuna, kind):
    if kind.name == "choice":
        return optuna.distributions.CategoricalDistribution(Choices(kind.choices).offered)
    if kind.integer:
        return optuna.distributions.IntDistribution(kind.low, kind.high, kind.log, kind.step or 1)
    return optuna.distributions.FloatDistribution(kind.low, kind.high, kind.log, kind.step)


class Proposer:
    """What study.run() asks for proposals and tells of results."""

    def __init__(self, optuna, study, space):
        self.optuna = optuna
        self.space = space
        self.trials = {}  # what was proposed -> Optuna's trials; equal params share a key
        self.ended = False
        self.asked = 0
        self.most = study.trials or math.inf
        sampler = make_sampler(optuna, study, space)
        pruner = make_pruner(optuna, study)
        self.direction = "minimize" if study.minimize else "maximize"
        self.study = optuna.create_study(
            sampler=sampler, pruner=pruner or optuna.pruners.NopPruner(), direction=self.direction
        )
        self.known = {}  # id -> Optuna's trial, of those that have reported
        self.retrial = study
        if pruner is not None:
            study.on_report(self.report)
        self.study.stop = self._stop  # a sampler that has nothing left calls it
        for done in study.history:
            self._remember(done)

    def _stop(self):
        self.ended = True

    def ask(self):
        if self.ended or self.asked == self.most:
            raise StopIteration
        self.asked += 1
        trial = self.study.ask()
        params = self.space.draw(lambda key, kind: suggest(trial, key, kind))
        self.note(trial, params)
        return params

    def note(self, trial, params):
        self.trials.setdefault(_key(params), []).append(trial)

    def take(self, done):
        """Optuna's trial that this is the outcome of."""
        key = _key(done.future.params)
        known = self.known.pop(done.future.id, None)
        trial = known or self.trials[key][0]
        self.trials[key].remove(trial)
        if not self.trials[key]:
            del self.trials[key]
        return trial

    def report(self, report):
        """Of a trial that runs: Optuna's pruner says whether it is to go on."""
        if report.future is None or report.value is None:
            return
        trial = self.known.get(report.id)
        if trial is None:
            taken = self.known.values()
            same = self.trials.get(_key(report.future.params), ())
            trial = next((one for one in same if one not in taken), None)
        if trial is None:
            return
        self.known[report.id] = trial
        trial.report(report.value, report.step)
        if trial.should_prune():
            self.retrial.stop(report, f"Optuna's {type(self.study.pruner).__name__}")

    def tell(self, done):
        if done.earlier:
            self._remember(done)
            return
        trial = self.take(done)
        state = self._state(done)
        value = done.value if state == self.optuna.trial.TrialState.COMPLETE else None
        self.study.tell(trial, value, state=state)

    def _state(self, done):
        states = self.optuna.trial.TrialState
        if done.outcome == "pruned":
            return states.PRUNED
        return (
            states.COMPLETE if done.value is not None and math.isfinite(done.value) else states.FAIL
        )

    def _remember(self, done):
        """Works in what an earlier driver's trial gave, as far as it is of this space."""
        known = {}
        for key, kind in self.space.kinds.items():
            if done.params and key in done.params:
                value = done.params[key]
                known[key] = (
                    Choices(kind.choices).offer(value) if kind.name == "choice" else value,
                    distribution(self.optuna, kind),
                )
        if not all(contains(d, value) for value, d in known.values()):
            return
        state = self._state(done)
        self.study.add_trial(
            self.optuna.trial.create_trial(
                params={key: value for key, (value, _) in known.items()},
                distributions={key: d for key, (_, d) in known.items()},
                value=done.value if state == self.optuna.trial.TrialState.COMPLETE else None,
                state=state,
            )
        )


def contains(distribution, value):
    try:
        return distribution._contains(distribution.to_internal_repr(value))
    except (ValueError, TypeError):
        return False


def _key(params):
    return json.dumps(params, sort_keys=True)


def main(study):
    optuna = load_optuna()
    if study.metric is None:
        raise DriveError(
            "a sampler of Optuna needs to know what is better: write an objective, such as "
            "`objective: {maximize: val_acc}`"
        )
    if study.resume == "state":
        raise DriveError(
            "a sampler of Optuna has no state of its own to save; write `resume: replay`, which "
            "samples again, or `resume: tell`"
        )
    for _ in study.run(proposer(optuna, study)):
        pass
    finish(study)


def proposer(optuna, study):
    if not study.space:
        from retrial.objective_driver import ObjectiveProposer

        return ObjectiveProposer(optuna, study)
    try:
        return Proposer(optuna, study, Space(study.space, study.params))
    except SpaceError as error:
        raise DriveError(f"space: {error}") from error


def finish(study):
    best = study.best
    study.finish(best and {"trial": best.trial, study.metric: best.value, "params": best.params})
