"""The Python side of a worker, embedded in retrial-python.so and run in each template.

Nothing here is for models to import: docs/entries.md tells what they may rely on.
"""

import faulthandler
import gc
import importlib.util
import inspect
import io
import itertools
import os
import re
import sys
import sysconfig
import traceback

STDLIB = frozenset(
    getattr(sys, "stdlib_module_names", None)  # since Python 3.10
    or {*sys.builtin_module_names, *(n.split(".")[0] for n in os.listdir(os.path.dirname(os.__file__)))}
)
seed = 0  # of the running trial; set by the module before each one
_environment = {}
_scratch = ""  # the folder that the recorded code is unpacked in
_folders = ()  # what tracebacks leave out of the names of the study's files
PACKAGES_MAX = 4000
LIVE_MAX = 20
INSTALLED = ("site-packages", "dist-packages")
MADE = tuple(f"{os.sep}{name}" for name in (".cache/", ".triton/", "torchinductor_"))  # by compilers
_looked_at = set()  # names of modules
_live = {}
NOT_LIVE = ("sitecustomize", "usercustomize", "retrial")


class Refused(Exception):
    """The entry cannot be used, and the text says why."""


# -- seeds ------------------------------------------------------------------------------------

SEEDS = {
    "random": lambda module, value: module.seed(value),
    "numpy.random": lambda module, value: module.seed(value),
    "torch": lambda module, value: module.manual_seed(value),
    "tensorflow": lambda module, value: module.random.set_seed(value),
}


def teach_yaml(module, _):
    """Its dumpers go by the exact type; params are written as the dict that they are."""
    for kind in (module.representer.SafeRepresenter, module.representer.Representer):
        kind.add_representer(Params, kind.represent_dict)


def teach_omegaconf(module, _):
    """It takes plain dicts only, by their exact type."""
    is_plain = module.is_primitive_dict
    module.is_primitive_dict = lambda value: is_plain(value) or type(value) is Params


TAUGHT = {"yaml": teach_yaml, "omegaconf._utils": teach_omegaconf}
READERS = ("msgspec", "orjson", "ormsgpack")  # written in C or Rust, they look into dicts unnoticed


def read_unnoticed():
    """Whether a model of which no read was noticed may have read all the same."""
    return any(name in sys.modules for name in READERS)


def seed_all(value):
    """Seeds what has been imported; the rest is seeded as it is imported."""
    global seed
    seed = value
    for name, how in SEEDS.items():
        module = sys.modules.get(name)
        if module is not None:
            how(module, value)


class SeedingLoader:
    """Loads a module as its own loader would, then seeds it."""

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
    """First in sys.meta_path; has a word only where a module with random numbers, or one that must
    be taught something, is imported."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in SEEDS and name not in TAUGHT:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is SeedingFinder or find is None:
                continue
            spec = find(name, path, target)
            if spec is not None:
                if spec.loader is not None or name == "retrial":  # which is a folder of modules
                    spec.loader = SeedingLoader(spec.loader or OwnLoader, name)
                return spec
        return None


# -- loading ----------------------------------------------------------------------------------


def extend_path(folder, root):
    """The entry's folder and the code root come first, then PYTHONPATH where it fits this build:
    a path of another Python version would mix two standard libraries."""
    paths = [folder] if folder == root else [folder, root]
    own = "python%d.%d" % sys.version_info[:2]
    for path in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        versions = re.findall(r"python\d+\.\d+", path)
        if path and all(version == own for version in versions):
            paths.append(os.path.abspath(path))
    sys.path[:0] = [path for path in paths if path not in sys.path]


def module_name(path):
    """The file's stem, so that pickles and `import model` find it; dotted inside a package."""
    folder, file = os.path.split(path)
    parts = [os.path.splitext(file)[0]]
    if parts == ["__init__"]:
        parts = []
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    name = ".".join(parts)
    if name in STDLIB or name in sys.modules:
        name = f"_retrial_{name}"  # never in the place of a module that others import
    return name, folder


def load(root, file, function, params):
    """Imports the entry; returns the function and how it is to be called."""
    global _scratch, _folders
    _scratch = scratch_of(root)
    _folders = (root, os.path.join(_scratch, "code"))
    path = os.path.join(root, file)
    if not os.path.exists(path):
        raise Refused(f'there is no file "{file}" beside the study\'s code')
    name, folder = module_name(path)
    extend_path(folder, root)
    sys.argv[:] = [path]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None:
        raise Refused(f'"{file}" is not a Python file')
    if "." in name:
        importlib.import_module(name.rpartition(".")[0])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    run_file(spec, module)
    found = getattr(module, function, None)
    if found is None:
        raise Refused(f'"{file}" has no function "{function}"{nearest(function, vars(module))}')
    if not callable(found):
        raise Refused(f'"{function}" in "{file}" is not a function')
    found = as_entry(found, params)
    style = bind(found, function, params)
    settle()
    return (found, *style)


def nearest(name, names):
    import difflib

    close = difflib.get_close_matches(name, [n for n in names if not n.startswith("_")], 1)
    return f'; did you mean "{close[0]}"?' if close else ""


def bind(function, name, params):
    """(whole, trial, seed, named): params as one dict or by keywords, which extras it asks for, and
    which params the signature takes by name ("*": any). Without params a driver will tell them: whole
    is None where a trial's own say how it takes them."""
    kinds = inspect.Parameter
    try:
        signature = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return True, False, False, ()
    taken = () if next(iter(signature), None) == "params" else params or ()  # by keywords
    extras = {n for n in ("trial", "seed") if n in signature and n not in taken}
    named = [
        p
        for p in signature.values()
        if p.name not in extras and p.kind not in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
    ]
    positional = [p for p in named if p.kind != kinds.KEYWORD_ONLY]
    required = [p for p in positional if p.default is kinds.empty]
    first = positional[0].name if positional else None
    alone = len(required) == 1 and required[0].name == first and first not in (params or [first])
    if first == "params" or alone or (named and named[0].kind == kinds.POSITIONAL_ONLY):
        return True, "trial" in extras, "seed" in extras, ()
    names = {p.name for p in named}
    if params is None:
        undecided = len(required) == 1 and required[0].name == first
        return None if undecided else False, "trial" in extras, "seed" in extras, (*names, "*")
    check_keywords(signature, named, name, params)
    taken = tuple(key if key in names else "*" for key in params)
    return False, "trial" in extras, "seed" in extras, taken


def check_keywords(signature, named, name, params):
    names = {p.name for p in named}
    if not any(p.kind == inspect.Parameter.VAR_KEYWORD for p in signature.values()):
        for key in params:
            if key not in names:
                raise Refused(
                    f'{name}() takes no argument "{key}", which is a parameter of the study'
                    f"{nearest(key, names)}"
                )
    for p in named:
        if p.default is inspect.Parameter.empty and p.name not in params:
            raise Refused(
                f'{name}() needs the argument "{p.name}", which is no parameter of the study'
                f"{nearest(p.name, params)}"
            )


def settle():
    """Once, before workers are forked."""
    _environment.update(os.environ._data)
    if sys.stdout is not None:
        sys.stdout.flush()
    gc.collect()
    if hasattr(gc, "freeze"):  # since Python 3.7
        gc.freeze()


# -- around trials ----------------------------------------------------------------------------


def restore_environment():
    """The process's environment was put back; os.environ must say the same."""
    os.environ._data.clear()
    os.environ._data.update(_environment)


def keep_variable(name, value):
    """All trials of this worker have a variable that the template had not."""
    os.environ[name] = value
    _environment.update(os.environ._data)


def is_ours(frame):
    file = frame.f_code.co_filename
    return file == "<retrial>" or file.startswith("<frozen importlib")


def with_own_names(text):
    """Files of the study as their author knows them, from the study's folder or its code root; the
    folder that they were unpacked in is gone when this is read."""
    for folder in _folders:
        text = text.replace(f'File "{folder}{os.sep}', 'File "')
    return text


def describe(error, limit):
    """The traceback as text, without our frames; of a long one the start and the end."""
    trace = error.__traceback__
    while trace is not None and is_ours(trace.tb_frame):
        trace = trace.tb_next
    try:
        lines = traceback.TracebackException(type(error), error, trace).format()
        text = with_own_names("".join(lines).rstrip("\n"))
    except Exception as other:  # an exception may fail to describe itself
        text = f"{type(error).__name__} (and describing it raised {type(other).__name__})"
    text = text.replace("\0", "\\x00")
    if len(text) > limit:
        text = text[: limit // 4] + "\n...\n" + text[-(limit - limit // 4 - 5) :]
    return text


def describe_load(error, file):
    """Why the entry could not be loaded, in less than a thousand characters."""
    if isinstance(error, Refused):
        text = str(error)
    else:
        what = traceback.format_exception_only(type(error), error)[-1].strip()
        text = f"importing {file}: {what[:300]}"
        if not isinstance(error, SystemExit):
            text += "\n" + describe(error, 500)
    venv = foreign_venv()
    if isinstance(error, ImportError) and venv:
        text += f"\n(the active virtual environment {venv} is not used: this is {sys.executable})"
    return text


def foreign_venv():
    venv = os.environ.get("VIRTUAL_ENV")
    return venv if venv and os.path.realpath(venv) != os.path.realpath(sys.prefix) else None


def devices_open():
    """An open device of a GPU, which no two processes may share."""
    for fd in os.listdir("/proc/self/fd"):
        try:
            path = os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            continue
        if path.startswith(("/dev/nvidia", "/dev/kfd", "/dev/dri/render")):
            return path
    return None


def unshared():
    """What the import has left that does not live on in a forked process, or None."""
    try:
        if sys.modules["torch"].cuda.is_initialized():
            return "torch has a CUDA context"
    except Exception:  # not imported, or of a kind that has none
        pass
    try:
        if sys.modules["tensorflow.python.eager.context"]._context._initialized:
            return "tensorflow has started its devices and threads"
    except Exception:
        pass
    path = devices_open()
    if path is not None:
        return f"{path} is open"
    threads = sys.modules["threading"].enumerate() if "threading" in sys.modules else []
    names = [thread.name for thread in threads[1:]]
    return f'the thread "{names[0]}" runs' if names else None


def about():
    return {
        "unshared": unshared(),
        "version": sys.version.split()[0],
        "build": sys.version,
        "executable": sys.executable,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "ignored_venv": foreign_venv(),
        "packages": packages(),
        "live": live_modules(),
    }


def scratch_of(root):
    """The agent's folder (engine/scratch.c) above the code; the code's own if there is none."""
    parts = os.path.realpath(root).split(os.sep)
    ours = [i for i, part in enumerate(parts) if part.startswith(f"retrial-{os.getuid()}-")]
    return os.sep.join(parts[: ours[-1] + 1]) if ours else root


def file_of(module):
    """Where a module is really from: a file, or the archive that holds it; None if from nowhere."""
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or not os.path.isabs(file):
        return None
    path = os.path.realpath(file)
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return path if os.path.isfile(path) else None


def live_modules():
    """Modules that were imported, since this was asked last, from folders which are neither recorded
    nor installed: from the live tree, past the snapshot. Name to path; of a package the outermost."""
    fixed = [_scratch, os.path.dirname(os.__file__)]
    fixed += [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    fixed = tuple(os.path.join(os.path.realpath(path), "") for path in fixed if path)
    found = {}
    names = sorted(sys.modules.keys() - _looked_at)
    _looked_at.update(names)
    for name in names:
        above = name.partition(".")[0]
        if above in NOT_LIVE or above in _live or len(_live) == LIVE_MAX:
            continue
        path = file_of(sys.modules.get(name))
        if path is None or path.startswith(fixed) or any(part in path for part in INSTALLED + MADE):
            continue
        name = above if f"{os.sep}{above}{os.sep}" in path else name
        found[name] = _live[name] = path
    return found


def version_inside(folder):
    """The version in the metadata of a package whose folder's name lacks it."""
    for name in ("METADATA", "PKG-INFO"):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                for line in itertools.islice(file, 20):
                    if line.startswith("Version:"):
                        return line[8:].strip()
    return ""


def packages():
    """Name and version of each package installed for this interpreter, as far as the names of
    folders tell; importlib.metadata would read a file for each."""
    found = {}
    for folder in sys.path:
        try:
            entries = os.listdir(folder or ".")
        except OSError:
            continue
        for entry in entries:
            stem, kind = os.path.splitext(entry)
            if kind not in (".dist-info", ".egg-info") or len(found) >= PACKAGES_MAX:
                continue
            name, _, version = stem.partition("-")
            name = re.sub("[-_.]+", "-", name).lower()
            if name in found or not name:
                continue
            version = version.split("-")[0] or version_inside(os.path.join(folder, entry))
            found[name] = version
    return found


def start():
    """Once, as the interpreter has started."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)  # a crash shall not swallow what was printed
    elif sys.stdout is not None:  # Python 3.6
        names = {"encoding": sys.stdout.encoding, "errors": sys.stdout.errors}
        sys.stdout = io.TextIOWrapper(sys.stdout.detach(), line_buffering=True, **names)
    faulthandler.enable(file=2)
    sys.meta_path.insert(0, SeedingFinder)
