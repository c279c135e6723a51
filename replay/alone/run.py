"""Runs one recorded trial, without Retrial; `retrial checkout` wrote this.

Start it by ./run.sh, which sets the environment. What the trial gives back is printed as JSON, in
the last line, and written to result.json.
"""

import importlib.util
import inspect
import json
import math
import os
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = {
    "random": lambda module, value: module.seed(value),
    "numpy.random": lambda module, value: module.seed(value),
    "torch": lambda module, value: module.manual_seed(value),
    "tensorflow": lambda module, value: module.random.set_seed(value),
}
TAUGHT = {}  # trial.py adds to it
STDLIB = frozenset(getattr(sys, "stdlib_module_names", sys.builtin_module_names))
seed = 0  # that modules get as they are imported


class Agent:
    """Answers what the model tells and asks while it runs, as it was answered then.

    Reports are written to reports.jsonl. What is kept lies in kept/, and in before/ when the trial is
    run again that did not come to its end: run.sh moves and removes it.
    """

    def __init__(self, record):
        told = record.get("told", [])
        self.told = [one for one in told if one.get("attempt", 1) == record["attempt"]]
        self.heard = record.get("heard")  # with the calls; None: these are not known
        self.calls = 0
        self.stop = None
        self.reports = None
        self.kept = os.path.join(HERE, "kept")

    def __call__(self, question):
        kind, asked = next(iter(json.loads(question).items()))
        try:
            answer = getattr(self, kind)(asked)
        except (OSError, ValueError) as error:
            answer = {"error": str(error)}
        return json.dumps(answer).encode()

    def report(self, asked):
        if asked["step"] < 0:
            raise ValueError(f"a step is 0 or more, not {asked['step']}")
        line = {"step": asked["step"], **asked["metrics"]}
        if not self.reports:
            self.reports = open(os.path.join(HERE, "reports.jsonl"), "w", encoding="utf-8")
        self.reports.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.reports.flush()
        return self.hear(asked["step"])

    def hear(self, step):
        """What was heard at this call, if that is known; else what was said of this step or before."""
        params = None
        self.calls += 1
        left = self.told if self.heard is None else self.heard
        by_call = self.heard is not None
        for one in list(left):
            if one["call"] > self.calls if by_call else (one["step"] or 0) > step:
                break
            left.remove(one)
            self.stop = one.get("stop") or self.stop
            changed = one.get("params")
            params = (json.loads(changed) if isinstance(changed, str) else changed) or params
        return {"stop": self.stop, "params": params}

    def answer(self, _):
        return self.hear(-1)

    def keep(self, asked):
        shutil.rmtree(self.kept, ignore_errors=True)
        os.mkdir(self.kept)
        copy = os.path.join(self.kept, os.path.basename(os.path.abspath(asked["path"])))
        if os.path.isdir(asked["path"]):
            shutil.copytree(asked["path"], copy, symlinks=True)
        else:
            shutil.copy2(asked["path"], copy)
        return {}

    def restore(self, _):
        before = os.path.join(HERE, "before")
        names = os.listdir(before) if os.path.isdir(before) else []
        return {"path": os.path.join(before, names[0]) if names else None}


class SeedingLoader:
    """Loads a module as its own loader would, then seeds it, or teaches it to be in a trial."""

    def __init__(self, loader, name):
        self.loader = loader
        self.name = name

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self.loader
        self.loader.exec_module(module)
        (SEEDS.get(self.name) or TAUGHT[self.name])(module, seed)


class SeedingFinder:
    """First in sys.meta_path, for modules with random numbers, and for `retrial` and optuna."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        for finder in sys.meta_path if name in SEEDS or name in TAUGHT else ():
            find = getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find and finder is not SeedingFinder else None
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = SeedingLoader(spec.loader, name)
                return spec
        return None


def seed_all(value):
    global seed
    seed = value
    for name, how in SEEDS.items():
        if name in sys.modules:
            how(sys.modules[name], value)


def load(root, file, function):
    """The entry: its folder and the code root come first, then PYTHONPATH."""
    path = os.path.join(root, file)
    folder, name = os.path.split(path)
    parts = [os.path.splitext(name)[0]]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        parts = [package] + [part for part in parts if part != "__init__"]
    name = ".".join(parts)
    if name in STDLIB or name in sys.modules:
        name = "_retrial_" + name
    own = "python%d.%d" % sys.version_info[:2]
    paths = [folder] if folder == root else [folder, root]
    for part in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        if part and all(version == own for version in re.findall(r"python\d+\.\d+", part)):
            paths.append(os.path.abspath(part))
    sys.path[:] = paths + [part for part in sys.path if part not in paths and part != HERE]
    sys.argv[:] = [path]
    if "." in name:
        importlib.import_module(name.rpartition(".")[0])
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    run_file(spec, module)
    return getattr(module, function)


def call(function, params, record):
    """All params as one dict, or by keywords; `trial` and `seed` for those who ask for them."""
    kinds = inspect.Parameter
    try:
        signature = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return function(params)
    taken = () if next(iter(signature), None) == "params" else params
    about = [record[name] for name in ("trial", "ordinal", "attempt", "replicate", "seed")]
    extras = {"trial": Trial(*about), "seed": record["seed"]}
    extras = {name: extras[name] for name in extras if name in signature and name not in taken}
    named = [
        p
        for p in signature.values()
        if p.name not in extras and p.kind not in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
    ]
    positional = [p for p in named if p.kind != kinds.KEYWORD_ONLY]
    required = [p for p in positional if p.default is kinds.empty]
    first = positional[0].name if positional else None
    alone = len(required) == 1 and required[0].name == first and first not in params
    if first == "params" or alone or (named and named[0].kind == kinds.POSITIONAL_ONLY):
        return function(params, **extras)
    return function(**params, **extras)


def special(value):
    """NaN and infinities of params, as canonical JSON has them."""
    if set(value) == {"$float"} and isinstance(value["$float"], str):
        return float(value["$float"])
    return value


def plain(value):
    """The result as JSON can have it: arrays and scalars of numpy, torch and others are unpacked."""
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return {"$float": "nan"}
        if math.isinf(value):
            return {"$float": "inf" if value > 0 else "-inf"}
        return float(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    if hasattr(value, "numpy") and not hasattr(value, "tolist"):
        value = value.numpy()
    return plain(value.tolist() if hasattr(value, "tolist") else value.item())


def outcome(function, params, record):
    """The result, or None for a trial that was to stop and did."""
    try:
        return plain(call(as_entry(function, params), params, record))
    except Exception as error:
        why = pruned(error)
        if why is None:
            raise
        print(f"pruned: {why}", file=sys.stderr)
        return None


def main():
    global ask_agent, metric
    with open(os.path.join(HERE, "trial.json"), encoding="utf-8") as file:
        record = json.load(file)
    ask_agent = Agent(record)
    metric = record["metric"]
    with open(os.path.join(HERE, "params.json"), encoding="utf-8") as file:
        params = json.load(file, object_hook=special)
    root = os.path.join(HERE, "code", record["root"])
    os.chdir(root)
    sys.meta_path.insert(0, SeedingFinder)
    seed_all(record["import_seed"])
    function = load(root, record["entry"]["file"], record["entry"]["function"])
    seed_all(record["seed"])
    result = outcome(function, params, record)
    if result is None and record["outcome"] == "pruned":
        return
    if not isinstance(result, dict) or "$float" in result:
        result = {record["metric"]: result}
    text = json.dumps(result, sort_keys=True, ensure_ascii=False)
    with open(os.path.join(HERE, "result.json"), "w", encoding="utf-8") as file:
        file.write(text + "\n")
    print(text)


# What workers give to models: `retrial`, trials, and objectives of Optuna.
with open(os.path.join(HERE, "trial.py"), encoding="utf-8") as part:
    exec(compile(part.read(), part.name, "exec"))

if __name__ == "__main__":
    main()
