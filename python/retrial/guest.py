# The Python side of a guest: an interpreter of another build than the libpython that the program is
# linked with. Run behind worker.py, in the same module. begin() and answer() are called by
# retrial-guest.so in the same process; or, where workers cannot share an import, by serve(), in an
# interpreter that a worker has started for itself and speaks with over a socket. Messages are a size
# (u32, little-endian) and so many bytes of JSON; before those to the worker comes a nonce.

import _thread
import json
import math
import mmap
import resource
import struct

TRACEBACK_MAX = 16384
DEPTH_MAX = 100
ITEMS_MAX = 16 << 20  # of one result, at any depth
READS_MAX = 512


class Unusable(Exception):
    """A result that cannot be stored, and why."""


class Channel:
    def __init__(self, fd, nonce):
        self.fd = fd
        self.nonce = nonce
        self.pid = os.getpid()
        self.lock = _thread.allocate_lock()
        self.running = False

    def take(self):
        """The next message, or None at the end."""
        head = self.read(4)
        return None if head is None else self.read(*struct.unpack("<I", head))

    def read(self, size):
        data = b""
        while len(data) < size:
            piece = os.read(self.fd, min(size - len(data), 1 << 20))
            if not piece:
                return None
            data += piece
        return data

    def put(self, data):
        data = memoryview(self.nonce + struct.pack("<I", len(data)) + data)
        while data:
            data = data[os.write(self.fd, data) :]

    def ask(self, question):
        """What a trial says to its agent, and hears from it; from any of its threads."""
        if os.getpid() != self.pid:
            raise ValueError("a process that the trial forked cannot report; do so in the trial's own")
        with self.lock:
            if not self.running:
                raise ValueError("no trial runs: it has ended before this was called")
            self.put(b'{"ask":' + question + b"}")
            return self.take()


# -- results ----------------------------------------------------------------------------------


def named(place):
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return f'the result "{text.lstrip(".")}"' if place else "the result"


def clean(text):
    """A text that can be stored: what becomes of lone surrogates and zeros embedded."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def key_of(key, place):
    try:
        name = str(key)
        if "\0" not in name and clean(name) == name:
            return name
    except Exception:
        pass
    raise Unusable(f"{named(place)} has a key that is not a text")


def plain_of(value, place):
    """What an object of a library says that it is."""
    try:
        for name in ("tolist", "numpy"):
            if hasattr(value, name):
                plain = getattr(value, name)()
                if type(plain) is not type(value):
                    return plain
                break
        else:
            if hasattr(value, "keys") and hasattr(value, "__getitem__"):
                return dict(value)
    except Exception:
        pass
    raise Unusable(
        f"{named(place)} is of type {type(value).__name__}, which cannot be stored; "
        "return numbers, texts, lists and dicts"
    )


items = 0  # of the result at hand, so far


def count(more, place):
    global items
    items += more
    if items > ITEMS_MAX:
        raise Unusable(f"{named(place)} is too large; store it in a file")


def to_json(value, place):
    """Plain JSON of a value; numpy's and torch's numbers and arrays become numbers and lists."""
    if len(place) > DEPTH_MAX:
        raise Unusable(f"{named(place)} is nested too deeply")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise Unusable(
                f"{named(place)} is an integer beyond 64 bits; return it as a float or a text"
            )
        return int(value)
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        return {"$float": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}
    if isinstance(value, dict):
        count(len(value), place)
        members = {}
        for key, item in value.items():
            name = key_of(key, place)
            members[name] = to_json(item, (*place, name))
        return members
    if isinstance(value, (list, tuple)):
        count(len(value), place)
        return [to_json(item, (*place, i)) for i, item in enumerate(value)]
    return to_json(plain_of(value, place), place)


def metrics(value):
    global items
    items = 0
    if value is None:
        raise Unusable("the function returned nothing; return a number or a dict of metrics")
    plain = to_json(value, ())
    if isinstance(plain, (dict, int, float)):
        return plain
    what = {str: "a text", list: "a list"}.get(type(plain), "null")
    raise Unusable(f"the function returned {what}; return a number or a dict of metrics")


# -- params -----------------------------------------------------------------------------------

reads = set()  # what trials have read: docs/parameters-that-matter.md


class Forked:
    """Reads in processes that a model forks, as loaders of data do. Each has a slot of memory that
    it shares with the worker: its pid, how many bytes of names there are, the names in lines."""

    SLOTS, SIZE = 64, 4096

    def __init__(self):
        self.memory, self.owner, self.mine = None, 0, (0, 0)

    def share(self):
        if self.owner != os.getpid():
            self.memory, self.owner = mmap.mmap(-1, self.SLOTS * self.SIZE), os.getpid()

    def slot(self, pid):
        if self.mine[0] != pid:
            slots = ((pid + i) % self.SLOTS * self.SIZE for i in range(self.SLOTS))
            free = [at for at in slots if struct.unpack_from("<I", self.memory, at) == (0,)]
            if not free:
                return None
            struct.pack_into("<I", self.memory, free[0], pid)
            self.mine = pid, free[0]
        return self.mine[1]

    def tell(self, name):
        pid = os.getpid()
        at = None if self.memory is None or self.owner == pid else self.slot(pid)
        if at is None:
            return
        used, line = struct.unpack_from("<I", self.memory, at + 4)[0], name.encode("utf-8", "replace") + b"\n"
        if used + len(line) + 10 > self.SIZE:
            line = b"*\n" if used + 10 <= self.SIZE else b""
        self.memory[at + 8 + used : at + 8 + used + len(line)] = line
        struct.pack_into("<I", self.memory, at + 4, used + len(line))

    def take(self):
        for at in range(0, self.SLOTS * self.SIZE, self.SIZE):
            pid, used = struct.unpack_from("<II", self.memory, at)
            if pid:
                names = self.memory[at + 8 : at + 8 + used].decode("utf-8", "replace")
                reads.update(name for name in names.split("\n") if name)


forked = Forked()


class Params(dict):
    """A dict that notes what is read of it, as engine/modules/python_reads.c does."""

    __slots__ = ("_path", "_together")
    __hash__ = None

    def _note(self, key):
        if isinstance(key, str) and not self._together:
            name = self._path + key if len(reads) < READS_MAX - 1 else "*"
            if name not in reads:
                reads.add(name)
                forked.tell(name)

    def _note_all(self):
        self._note("*")
        self._together = True

    def __reduce__(self):
        return dict, (dict(self),)  # which notes that all was taken


def noting(name, how):
    method = getattr(dict, name)

    def of_key(self, key, *rest):
        self._note(key)
        return method(self, key, *rest)

    def of_all(self, *others):
        self._note_all()
        return method(self, *others)

    setattr(Params, name, of_key if how == "key" else of_all)


for name in ("__getitem__", "__contains__", "get", "pop", "setdefault"):
    noting(name, "key")
for name in ("__iter__", "__reversed__", "__repr__", "__eq__", "__ne__", "__or__", "__ror__"):
    if hasattr(dict, name):  # Python 3.8 has no |
        noting(name, "all")
for name in ("keys", "items", "values", "copy", "popitem"):
    noting(name, "all")


Params.__module__, Params.__qualname__, Params.__name__ = "retrial", "params", "params"


def tracked(value, path=""):
    if not isinstance(value, dict):
        return value
    params = Params((key, tracked(item, f"{path}{key}.")) for key, item in value.items())
    params._path, params._together = path, False
    return params


# -- trials -----------------------------------------------------------------------------------


def failed(reason, status=0):
    reason = reason.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
    return {"failed": reason[: 4 * TRACEBACK_MAX], "status": status}


def exit_of(error):
    code = error.code
    if code is None or (isinstance(code, int) and not code):
        return failed("the function called sys.exit() instead of returning a result")
    status = code & 0xFF if isinstance(code, int) else 1
    try:
        text = str(code)
        text.encode()
    except Exception:
        text = "..."
    return failed(f"the function called sys.exit({text[:1000]})", status)


def run(call, entry):
    function, whole, with_trial, with_seed, named = entry
    forked.share()
    plain = json.loads(call["params"])
    params = tracked(plain)
    if whole is None:  # a driver's: as one dict, unless some are arguments
        whole = not any(key in named for key in plain)
        named = () if whole else named
    keywords = {} if whole else {key: dict.__getitem__(params, key) for key in plain}
    reads.update(named)
    if with_trial:
        keywords["trial"] = Trial(
            call["id"], call["ordinal"], call["attempt"], call["replicate"], call["seed"]
        )
    if with_seed:
        keywords["seed"] = call["seed"]
    try:
        return {"result": metrics(function(*([params] if whole else []), **keywords))}
    except SystemExit as error:
        return exit_of(error)
    except Exception as error:
        why = pruned(error)
        if why is not None:
            return {"pruned": failed(why)["failed"]}
        return failed(str(error) if isinstance(error, Unusable) else describe(error, TRACEBACK_MAX))
    except BaseException as error:
        return failed(describe(error, TRACEBACK_MAX))


def use():
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return [
        int(sum(one.ru_utime for one in both) * 1e6),
        int(sum(one.ru_stime for one in both) * 1e6),
        max(one.ru_maxrss for one in both),
    ]


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass


def settle_after(home):
    os.chdir(home)
    if os.environ._data != _environment:
        for name in [name for name in os.environ._data if name not in _environment]:
            os.unsetenv(name)
        for name, value in _environment.items():
            os.putenv(name, value)
        restore_environment()


entry = None  # the function, and how it is called
told = 0  # how many reads were told
looked_at = 0  # so many modules were there when they were looked at last


def packed(message):
    return json.dumps(message).encode()


def begin(message):
    """Imports the entry. Tells of the interpreter, or why there is no entry."""
    global entry, looked_at, metric
    task = json.loads(message)
    metric = task["metric"]
    start()
    try:
        seed_all(task["seed"])
        entry = load(task["root"], task["file"], task["function"], task["params"])
        looked_at = len(sys.modules)
        return packed({"about": about()})
    except BaseException as error:
        return packed({"error": describe_load(error, task["file"])})


def fork():
    try:
        return os.fork()
    except OSError as error:
        return -error.errno


def told_of(answer):
    """An answer, with what trials have read, and imported from past the snapshot, if that is more
    than was told before."""
    global told, looked_at
    forked.take()
    if not reads and read_unnoticed():
        reads.add("*")
    if len(reads) != told:
        answer["reads"] = sorted(reads)[:READS_MAX]
        told = len(reads)
    if len(sys.modules) != looked_at:
        looked_at = len(sys.modules)
        answer["live"] = live_modules()
    return packed(answer)


def answer(message):
    """Runs a trial."""
    call = json.loads(message)
    seed_all(call["seed"])
    return told_of(run(call, entry))


def other_objects():
    """Why the stable ABI, which retrial-guest.so is built for, is not this interpreter's, or None."""
    if sys.implementation.name != "cpython":
        return f"the interpreter is {sys.implementation.name}"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "the interpreter is a free-threaded build"
    return "the interpreter traces references" if hasattr(sys, "getobjects") else None


def try_module(path):
    """Whether this interpreter can load retrial-guest.so: of which version it is, or why not."""
    refusal = other_objects()
    if refusal:
        return {"refusal": refusal}
    try:
        spec = importlib.util.spec_from_file_location("retrial_guest", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return {"abi": module.abi}
    except BaseException as error:
        return {"refusal": f"{type(error).__name__}: {error}"[:500]}


def serve(fd, nonce):
    global ask_agent
    channel = Channel(fd, nonce)
    ask_agent = channel.ask
    message = channel.take()
    task = json.loads(message)
    if "module" in task:
        channel.put(packed({"about": try_module(task["module"])}))
        return
    channel.put(begin(message))
    pid, home = os.getpid(), os.getcwd()
    while entry is not None:
        message = channel.take()
        if message is None:
            break
        call = json.loads(message)
        before = use()
        seed_all(call["seed"])
        channel.running = True
        message = run(call, entry)
        with channel.lock:
            channel.running = False
        if os.getpid() != pid:
            os._exit(0)  # the function forked, and both processes came back
        flush()
        after = use()
        message["use"] = [after[0] - before[0], after[1] - before[1], after[2]]
        settle_after(home)
        channel.put(told_of(message))
