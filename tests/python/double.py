"""An engine for tests of drivers: it speaks the protocol (docs/drivers.md), runs trials by a
Python function, and keeps the conversation, so that it can be held against a later one."""

import json
import os
import select
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.path.join(HERE, "..", "..", "python")
sys.path.insert(0, PYTHON)

from retrial import drive, wire  # noqa: E402


class Over(Exception):
    """The launch is over."""


class Engine:
    """Runs at most `capacity` trials at once; they end in the order of `seconds(params)`."""

    def __init__(
        self,
        function,
        capacity=4,
        seconds=None,
        replay=None,
        stop_after=None,
        over_after=None,
        patience=0.002,
        **hello,
    ):
        self.function = function
        self.capacity = capacity
        self.seconds = seconds or (lambda params: 1.0)
        self.hello = {
            "protocol": 1,
            "study": "test",
            "seed": 7,
            "capacity": capacity,
            "resume": "replay",
            "objective": {"goal": "minimize", "metric": "y"},
            **hello,
        }
        self.journal = []  # ("to" or "from", message)
        self.replay = list(replay or ())
        self.told = hello.pop("told", ())
        self.stop_after, self.over_after = stop_after, over_after
        self.patience = patience  # seconds without a message until a trial ends
        self.waiting, self.running = [], []  # (order, message)
        self.clock, self.count, self.ended, self.batch = 0.0, 0, 0, 1
        self.finish = None
        self.saved = None
        self.most = 0
        self.divergence = None
        self.errors = []

    # -- the conversation --

    def to(self, message):
        self.journal.append(("to", message))
        try:
            os.write(self.out, json.dumps(message).encode() + b"\n")
        except BrokenPipeError:
            pass

    def serve(self, read_fd, write_fd):
        self.out = write_fd
        try:
            self.converse(os.fdopen(read_fd, "rb", 0))
        except Over:
            pass
        except Exception as error:
            self.errors.append(error)
        finally:
            os.close(write_fd)

    def converse(self, lines):
        self.to({"hello": self.hello})
        for message in self.told:
            self.to({"done": [message]})
        buffer = b""
        while True:
            self.catch_up()
            idle = bool(self.running) and not self.replay
            if select.select([lines], [], [], self.patience if idle else None)[0]:
                piece = lines.read(1 << 16)
                if not piece:
                    return
                *whole, buffer = (buffer + piece).split(b"\n")
                for line in whole:
                    self.catch_up()
                    self.take(json.loads(line))
            elif idle:
                self.end_one()

    def catch_up(self):
        """Says again what was said at this point of the conversation that is replayed."""
        while self.replay and self.replay[0][0] == "to":
            message = self.replay.pop(0)[1]
            if "hello" in message:
                continue
            self.to(message)
            for done in message.get("done", ()):
                self.running = [one for one in self.running if one[1]["id"] != done["id"]]
                self.waiting = [one for one in self.waiting if one[1]["id"] != done["id"]]
                self.ended += 1
            self.start()

    def take(self, message):
        self.journal.append(("from", message))
        if self.replay:
            was = self.replay.pop(0)[1]
            if was != message and self.divergence is None:
                self.divergence = was, message
            answered = True
        else:
            answered = False
        for one in message.get("submit", ()):
            for replicate in range(1, one.get("replicates", 1) + 1):
                self.count += 1
                self.waiting.append(
                    ((-one.get("priority", 0), self.count), {**one, "replicate": replicate})
                )
        if "cancel" in message and not answered:
            self.cancel(message["cancel"])
        if "priority" in message:
            for i, ((_, order), one) in enumerate(self.waiting):
                if one["id"] in message["ids"]:
                    self.waiting[i] = ((-message["priority"], order), one)
        self.batch = message.get("batch", self.batch)
        self.saved = message.get("save", self.saved)
        if "finish" in message:
            self.finish = message["finish"]
        if "ask" in message and not answered:
            value = {
                "capacity": self.capacity - len(self.running),
                "time": time.time(),
                "random": int.from_bytes(os.urandom(7), "big") >> 3,
            }[message["ask"]]
            self.to({"answer": {"to": message["n"], "value": value}})
        self.start()

    def cancel(self, ids):
        for one in [one for one in self.waiting if one[1]["id"] in ids]:
            self.waiting.remove(one)
            self.tell(one[1], "skipped", None, "cancelled")

    def start(self):
        while self.waiting and len(self.running) < self.capacity:
            self.waiting.sort(key=lambda one: one[0])
            order, message = self.waiting.pop(0)
            self.running.append((self.clock + self.seconds(message["params"]), message))
        self.most = max(self.most, len(self.running))

    def end_one(self):
        self.running.sort(key=lambda one: one[0])
        self.clock, message = self.running.pop(0)
        try:
            value = self.function(message["params"])
            outcome, reason = "ok", None
        except Exception as error:
            value, outcome, reason = None, "failed", f"{type(error).__name__}: {error}"
        if isinstance(value, tuple):
            outcome, value, reason = value
        if value is not None and not isinstance(value, dict):
            value = {(self.hello["objective"] or {}).get("metric", "value"): value}
        self.tell(message, outcome, value, reason)
        self.start()

    def tell(self, message, outcome, metrics, reason):
        self.ended += 1
        self.to(
            {
                "done": [
                    {
                        "id": message["id"],
                        "trial": f"test.{self.ended}",
                        "replicate": message["replicate"],
                        "params": message["params"],
                        "outcome": outcome,
                        "reason": reason,
                        "seconds": 1.0,
                        "metrics": json.loads(wire.encode(metrics)),
                    }
                ]
            }
        )
        if self.ended == self.stop_after:
            self.to({"stop": "trials"})
        if self.ended == self.over_after:
            raise Over

    # -- with a driver at the other end --

    def drive(self):
        """The client of this engine, which runs in a thread."""
        to_driver, from_driver = os.pipe(), os.pipe()
        self.thread = threading.Thread(
            target=self.serve, args=(from_driver[0], to_driver[1]), daemon=True
        )
        self.thread.start()
        return drive.Study(wire.Lines(to_driver[0], from_driver[1]))

    def spawn(self, words, cwd=None, **environment):
        """Runs a program as the driver; what it printed, and how it ended."""
        to_driver, from_driver = os.pipe(), os.pipe()
        process = subprocess.Popen(
            words,
            cwd=cwd,
            pass_fds=(to_driver[0], from_driver[1]),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                **os.environ,
                "RETRIAL_DRIVER_IN": str(to_driver[0]),
                "RETRIAL_DRIVER_OUT": str(from_driver[1]),
                "PYTHONPATH": PYTHON,
                **environment,
            },
        )
        os.close(to_driver[0])
        os.close(from_driver[1])
        thread = threading.Thread(target=self.serve, args=(from_driver[0], to_driver[1]))
        thread.start()
        out, err = process.communicate()
        thread.join()
        return process.returncode, out, err

    def submitted(self):
        return [
            one
            for way, message in self.journal
            if way == "from"
            for one in message.get("submit", ())
        ]
