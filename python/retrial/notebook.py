"""`retrial.study()`: starts the engine from a notebook, a prompt or a script, and drives it.

    with retrial.study("study.yaml", workers=8) as s:
        for done in s.run({"x": x} for x in range(100)):
            ...

docs/drivers-python.md tells more.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from retrial import wire
from retrial.capture import capture
from retrial.recalling import RecallingStudy

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # what has `retrial` in it
FINE = (0, 1, 75)  # exit codes: done; some trials did not succeed; interrupted


class EngineError(RuntimeError):
    """The engine ended before it should; the text is what it said."""


class NotebookStudy(RecallingStudy):
    """A study whose engine this process has started. Cells that are run again ask for the same again,
    and get what there is. Leaving the `with` block ends the launch, once what is open has ended; an
    exception interrupts it. The study itself is finished by finish(), and asked for more by the next
    launch otherwise. folder: where its files and its store are."""

    def __init__(self, lines, engine, folder):
        self._engine = engine
        self.folder = folder
        super().__init__(lines)

    def __exit__(self, kind, error, trace):
        try:
            while kind is None and self._open_count():
                self._read()
        finally:
            if not self._finished or kind is not None:
                self._engine.interrupt()
            self.close()
            code = self._engine.wait()
        if kind is None and code not in FINE:
            raise EngineError(self._engine.said(code))


class Engine:
    """The process `retrial run`, and the socket that its driver is reached by."""

    def __init__(self, words, cwd):
        self.folder = tempfile.mkdtemp(prefix="retrial-notebook-")
        path = os.path.join(self.folder, "socket")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen(1)
        self.listener.settimeout(0.1)
        self.output = open(os.path.join(self.folder, "output"), "w+b")
        paths = [HERE, *filter(None, [os.environ.get("PYTHONPATH")])]
        self.process = subprocess.Popen(
            words,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the notebook, which passes it on
            env={**os.environ, "RETRIAL_RELAY": path, "PYTHONPATH": os.pathsep.join(paths)},
        )

    def connect(self):
        """The lines to its driver, once that is there."""
        while True:
            try:
                connection, _ = self.listener.accept()
                break
            except socket.timeout:
                if self.process.poll() is not None:
                    code = self.wait()
                    raise EngineError(self.said(code)) from None
            except BaseException:
                self.interrupt()
                self.wait()
                raise
        fd = connection.detach()
        return wire.Lines(fd, os.dup(fd))

    def interrupt(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def wait(self):
        code = self.process.wait()
        self.output.seek(0)
        self.text = self.output.read().decode("utf-8", "replace").strip()
        self.output.close()
        self.listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code

    def said(self, code):
        text = self.text[-4000:] or f"the engine ended with status {code}"
        if "--code current" in text:
            text += '\nhere that is: retrial.study(..., options=["--code", "current"])'
        return text


def find_program(path):
    """Retrial: as given, by $RETRIAL, beside this package if that is installed, on the PATH."""
    installed = os.path.join(HERE, "..", "..", "..", "bin", "retrial")
    for candidate in (path, os.environ.get("RETRIAL"), installed, shutil.which("retrial")):
        if candidate and os.access(candidate, os.X_OK):
            return os.path.abspath(candidate)
    raise EngineError(
        "the program `retrial` is not on the PATH; name it by retrial.study(..., program=...), or "
        "by the environment variable RETRIAL"
    )


def write_study(what, folder, more):
    """The study file that the engine is given: what the user's says, driven from here."""
    if callable(what):
        name = more.pop("name", what.__name__)
        folder = os.path.abspath(folder or name)
        os.makedirs(folder, exist_ok=True)
        write(os.path.join(folder, "entry.py"), capture(what))
        says = {"name": name, "entry": f"entry.py:{what.__name__}", **more}
    else:
        path = os.path.abspath(what)
        if not os.path.isfile(path):
            raise FileNotFoundError(f"there is no study file {what}")
        folder = folder or os.path.dirname(path)
        name = more.pop("name", os.path.splitext(os.path.basename(path))[0])
        says = {"name": name, "extends": path, **more}
    driver = {"command": [sys.executable, "-m", "retrial.relay"], "resume": "tell"}
    driver.update(says.pop("driver", {}))
    says["driver"] = driver
    path = os.path.join(folder, f".{name}.notebook.json")
    write(path, json.dumps(says, indent=2) + "\n")
    return path


def write(path, text):
    """Leaves a file that has this text alone."""
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    except OSError:
        pass
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def study(what, workers=None, *, folder=None, program=None, options=(), **more):
    """Starts a study that this program drives; to be used in a `with` statement.

    what: a study file, or a function, which is captured as code with what it uses; workers: how
    many trials run at once (all cores, if not given); folder: where the files of a captured function
    go, and the store (./NAME if not given); options: further words for `retrial run`; more: what else
    a study file says (objective={"minimize": "loss"}, params={...}, name="...").

    Run again, it goes on: params that were asked for before, by whichever cell, get the outcome that
    is recorded; asked for once more than that, they run, as the next replicate. EngineError, with
    what the engine said, if it cannot start.
    """
    path = write_study(what, folder, more)
    words = [find_program(program), "run", os.path.basename(path), *options]
    if workers is not None:
        words += ["-j", str(workers)]
    engine = Engine(words, os.path.dirname(path))
    return NotebookStudy(engine.connect(), engine, os.path.dirname(path))
