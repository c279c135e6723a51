"""A model that does to its worker what models do: params["do"] says what."""

import os
import signal
import sys
import time

import helper_beside  # noqa: F401  found because this file's folder is on sys.path


def train(params, trial, seed):
    return globals()["do_" + params["do"]](params, trial, seed)


def do_ok(params, trial, seed):
    return {"loss": 0.25, "id": trial.id, "seed": seed, "same": trial.seed == seed}


def do_number(params, trial, seed):
    return 0.5


def do_raise(params, trial, seed):
    raise ValueError("no such luck: ü")


def do_nothing(params, trial, seed):
    return None


def do_object(params, trial, seed):
    return {"history": {"model": object()}}


def do_nan(params, trial, seed):
    return {"loss": float("nan"), "best": float("-inf")}


def do_exit(params, trial, seed):
    sys.exit(3)


def do_vanish(params, trial, seed):
    os._exit(0)


def do_segfault(params, trial, seed):
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(10)


def do_sleep(params, trial, seed):
    print("sleeping", flush=True)
    time.sleep(60)


def do_flood(params, trial, seed):
    sys.stdout.write("start")
    for _ in range(50):
        sys.stdout.write("x" * (1 << 20))
    sys.stdout.write("end")
    return 1


def do_whisper(params, trial, seed):
    print("no newline", end="")
    print("err too", end="", file=sys.stderr)
    return 1


def do_twice(params, trial, seed):
    os.fork()
    return {"loss": 1}


def do_daemon(params, trial, seed):
    """Leaves a grandchild in a session of its own that ignores SIGTERM, then dies."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            with open("/tmp/retrial-test-daemon.%d" % params["tag"], "w") as file:
                file.write(str(os.getpid()))
            time.sleep(600)
        os._exit(0)
    time.sleep(0.3)
    os._exit(0)


def do_change(params, trial, seed):
    os.chdir("/")
    os.umask(0o777)
    os.environ["RETRIAL_TEST_LEFT"] = "behind"
    os.environ.pop("HOME", None)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    return 1


def do_look(params, trial, seed):
    mask = os.umask(0)
    os.umask(mask)
    return {
        "left": os.environ.get("RETRIAL_TEST_LEFT", ""),
        "home": "HOME" in os.environ,
        "umask": mask,
        "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, set())),
        "code": os.path.isfile("behave.py"),
        "files": len([f for f in os.listdir() if f.startswith("mine")]),
    }


def do_write(params, trial, seed):
    os.makedirs("mine/deep")
    with open("mine/deep/file", "w") as file:
        file.write("x")
    return 1


def do_large(params, trial, seed):
    return {"text": "a" * 3_000_000, "end": 1}


def do_random(params, trial, seed):
    import random

    return random.random()


def do_orphan_template(params, trial, seed):
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)


def do_numpy(params, trial, seed):
    import numpy

    return {"a": numpy.random.rand(2), "b": numpy.float32(0.5), "n": numpy.int64(3)}


def do_paths(params, trial, seed):
    return {
        "path": [p for p in sys.path if "retrial-test-path" in p],
        "prefix": sys.prefix,
        "hash": hash("retrial"),
        "threads": os.environ["OMP_NUM_THREADS"],
        "launcher": [n for n in os.environ if n.startswith(("OMPI_", "PMI_"))],
    }


def do_fill(params, trial, seed):
    """Floods until it is killed."""
    while True:
        os.write(1, b"y" * (1 << 20))


runs = 0


def do_count(params, trial, seed):
    """How many trials this process has run, and a background thread to leave behind."""
    global runs
    import threading

    runs += 1
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    return runs


def do_hoard(params, trial, seed):
    """Takes memory until it is killed; no more than 1 GiB should nobody do that."""
    kept = []
    for _ in range(64):
        kept.append(b"x" * (16 << 20))
        time.sleep(0.005)
    return len(kept)


def do_hoard_below(params, trial, seed):
    """The same in a child in a session of its own."""
    import subprocess

    code = "import behave; behave.do_hoard(None, None, None)"
    return subprocess.run([sys.executable, "-c", code], start_new_session=True).returncode
