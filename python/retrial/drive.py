"""Propose trials to Retrial and learn what came of them: the Python side of docs/drivers.md.

    from retrial import drive

    study = drive.connect()
    for done in study.run({"lr": 10.0 ** -i} for i in range(1, 6)):
        print(done.params, done.value)
    study.finish(study.best.params)

A driver must be a function of what the engine tells it, so that it can be run again after an
interruption: take time and randomness from study.time() and study.random(), or seed a generator
with study.seed. docs/drivers-python.md tells more.
"""

import collections
import json
import math

from retrial import wire

__all__ = ["connect", "Study", "Future", "Done", "Report", "Stopped", "DriveError"]
PROTOCOL = 1
PROPOSALS = 256  # in one message: with the largest params half of what a line may have


class DriveError(RuntimeError):
    """The engine refused something, or speaks another protocol; the text says what and why."""


class Stopped(SystemExit):
    """The study takes no more proposals, or the launch is over. Ends the driver quietly if nobody
    catches it; `reason` is a text."""

    def __init__(self, reason):
        super().__init__(0)
        self.reason = reason

    def __str__(self):
        return self.reason


class Done:
    """What came of a trial.

    id: the driver's own; trial: the public id ("k3f9.7"); replicate: from 1; params: dict;
    outcome: "ok", "failed", "crashed", "timeout", "pruned", "skipped" or "lost"; metrics: dict, or
    None; reason: text, or None; seconds: how long it ran; value: the objective's metric as a
    float, or None if there is none; earlier: whether a driver before this one asked for it.
    """

    __slots__ = (
        "id",
        "trial",
        "replicate",
        "params",
        "outcome",
        "metrics",
        "reason",
        "seconds",
        "value",
        "future",
        "earlier",
    )

    def __init__(self, message, metric, future=None):
        get = message.get
        self.id = get("id")
        self.trial = get("trial")
        self.replicate = get("replicate", 1)
        self.params = get("params")
        self.outcome = get("outcome", "ok")
        self.reason = get("reason")
        self.seconds = get("seconds")
        self.future = future
        self.earlier = bool(get("earlier"))
        metrics = get("metrics")
        if metrics is not None and not isinstance(metrics, dict):
            metrics = {metric or "value": metrics}
        self.metrics = metrics
        self.value = value_of(metrics, metric) if self.outcome == "ok" else None
        if self.params is None and future is not None:
            self.params = future.params

    @property
    def ok(self):
        return self.outcome == "ok"

    def __repr__(self):
        what = f"value {self.value}" if self.value is not None else self.outcome
        return f"<done {self.id}: {what}>"


class Report:
    """What a running trial reported.

    id: the driver's own; trial: the public id; attempt: from 1; step: an integer; metrics: dict;
    value: the objective's metric as a float, or None; future: the Future of the trial, or None;
    earlier: whether a driver before this one asked for it.
    """

    __slots__ = ("id", "trial", "attempt", "step", "metrics", "value", "future", "earlier")

    def __init__(self, message, metric, future):
        self.id = message.get("id")
        self.trial = message.get("trial")
        self.attempt = message.get("attempt", 1)
        self.step = message.get("step")
        self.metrics = message.get("metrics") or {}
        self.value = value_of(self.metrics, metric)
        self.future = future
        self.earlier = bool(message.get("earlier"))

    def __repr__(self):
        return f"<report of {self.trial} at step {self.step}: {self.metrics}>"


def value_of(metrics, metric):
    """The objective's metric; without an objective, "value" or the only number there is."""
    if not metrics:
        return None
    if metric is None:
        numbers = [key for key, v in metrics.items() if type(v) in (int, float)]
        metric = "value" if "value" in metrics else numbers[0] if len(numbers) == 1 else None
    value = metrics.get(metric)
    return float(value) if type(value) in (int, float) else None


class Future:
    """A trial that was asked for, with all its replicates."""

    __slots__ = (
        "id",
        "params",
        "tags",
        "replicates",
        "results",
        "_study",
        "_priority",
        "_order",
        "_taken",
    )

    def __init__(self, study, id, params, tags, replicates, priority):
        self.id = id
        self.params = params
        self.tags = tags
        self.replicates = replicates
        self.results = []  # Done, one for each replicate that ended
        self._study = study
        self._priority = priority
        self._order = None  # it ended as the so-manieth
        self._taken = False  # its results were given out, and next() shall not

    def done(self):
        """Whether it is known to have ended; does not look for news (study.poll() does)."""
        return self._order is not None

    def result(self):
        """Waits for the trial; a Done, or a list of them if there are several replicates. A trial
        that failed is a Done as well. Stopped if the launch ends before."""
        while self._order is None:
            self._study._read()
        self._taken = True
        return self.results[0] if self.replicates == 1 else self.results

    def cancel(self):
        """Takes the trial back if it has not started; it then ends as "skipped"."""
        self._study.cancel([self])

    @property
    def priority(self):
        return self._priority

    @priority.setter
    def priority(self, value):
        self._study.set_priority([self], value)

    def __repr__(self):
        return f"<future {self.id}: {'done' if self.done() else 'pending'}>"


class Study:
    """The conversation with the engine. Use it from one thread.

    name: text; metric, minimize: the objective's metric, or None, and whether less is better;
    params: what all trials share, a dict; space: the study file's `space` in its long form, or
    None; seed: of the study, an integer; in_flight: how many trials are to be open at a time;
    trials: how many there may be, or None; args: the rest of the study file's `driver`, a dict;
    resume: "replay", "state" or "tell"; state: the text that save() was last given, or None;
    history: what had ended before this driver began, a list of Done (resume: tell or state);
    best: the best Done so far, or None; stopping: why no more is taken, or None.
    """

    def __init__(self, lines):
        self._lines = lines
        self._open = {}  # id -> Future
        self._adopted = {}  # public id -> Future, of what an earlier driver had asked for
        self._answers = {}
        self._arrived = collections.deque()  # Done, in order, that next() has not given out
        self._next_id = 0
        self._next_request = 0
        self._ended = 0
        self._heard = 0  # outcomes, those in _arrived included
        self._finished = False
        self._on_report = None
        self.history = []
        self.best = None
        self.stopping = None
        self._greet()

    def _greet(self):
        message = self._lines.take()
        if message is None:
            raise Stopped("the engine is gone")
        hello = message.get("hello")
        if hello is None:
            raise DriveError(f"expected a hello from the engine, got {str(message)[:200]}")
        if hello.get("protocol") != PROTOCOL:
            raise DriveError(
                f"the engine speaks protocol {hello.get('protocol')}, and this is "
                f"{PROTOCOL}: use the Python package that came with the engine"
            )
        self.name = hello.get("study")
        self.params = hello.get("params") or {}
        self.space = hello.get("space")
        self.seed = hello.get("seed") or 0
        self.in_flight = hello.get("in_flight") or hello.get("capacity") or 1
        self.trials = hello.get("trials")
        self.args = hello.get("args") or {}
        self.resume = hello.get("resume") or "replay"
        objective = hello.get("objective") or {}
        self.metric, self.minimize = objective.get("metric"), objective.get("goal") == "minimize"
        self._restore(hello)

    def _restore(self, hello):
        self._earlier = set()  # public ids of what a driver before this one had asked for
        self.state = None
        if hello.get("state") is not None:
            kept = json.loads(hello["state"])
            self.state, self._next_id = kept["state"], kept["next"]
        for one in hello.get("open") or ():
            if self.resume == "tell" or one.get("earlier"):
                self._earlier.add(one["trial"])
            elif one["id"] in self._open:
                self._open[one["id"]].replicates += 1
            else:
                self._open[one["id"]] = Future(self, one["id"], one.get("params"), None, 1, 0)
        if self.resume in ("tell", "state"):
            self.poll()  # what ended before is told before anything is answered
            self.history = list(self._arrived)
            self._arrived.clear()

    # -- asking for trials ----------------------------------------------------------------------

    @property
    def open(self):
        """Futures of the trials that were asked for and have not ended; after a start from a saved
        state, at first those that were open when it was saved."""
        return list(self._open.values())

    def submit(self, params, *, id=None, tags=None, priority=None, replicates=1):
        """Asks for a trial and goes on; a Future.

        params: a dict; id: a text or an integer that no open trial of this driver has (the next
        integer if not given); tags: a dict of texts, numbers and
        booleans that the record keeps; priority: -1000 to 1000, higher
        starts earlier, 0 if not given; replicates: how often it is run, each with another seed.
        """
        future, message = self._future(params, id, tags, priority, replicates)
        self._send([message])
        return future

    def submit_all(self, many, **how):
        """Asks for several trials at once, which costs less; a list of Futures."""
        made = [
            self._future(p, None, how.get("tags"), how.get("priority"), how.get("replicates", 1))
            for p in many
        ]
        self._send([message for _, message in made])
        return [future for future, _ in made]

    def _send(self, messages):
        messages = [message for message in messages if message is not None]  # or known already
        for first in range(0, len(messages), PROPOSALS):
            try:
                self._lines.put({"submit": messages[first : first + PROPOSALS]})
            except (TypeError, ValueError):  # something is no JSON: these were not asked for
                for message in messages[first:]:
                    del self._open[message["id"]]
                raise
            self._lines.flush()

    def _future(self, params, id, tags, priority, replicates):
        if self.stopping is not None:
            raise Stopped(self.stopping)
        if not isinstance(params, dict):
            raise TypeError(f"params must be a dict, not {type(params).__name__}")
        if id is None:
            while self._next_id in self._open:  # one that the driver chose by itself
                self._next_id += 1
            id, self._next_id = self._next_id, self._next_id + 1
        elif id in self._open:
            raise ValueError(f"the id {id!r} was given out before, and its trial has not ended")
        message = {"id": id, "params": params}
        if tags:
            message["tags"] = tags
        if priority is not None:
            message["priority"] = priority
        if replicates != 1:
            message["replicates"] = replicates
        future = Future(self, id, params, tags, replicates, priority or 0)
        self._open[id] = future
        return future, message

    def cancel(self, futures):
        """Takes back trials that have not started; what runs goes on."""
        self._lines.put({"cancel": [future.id for future in futures]})
        self._lines.flush()

    def set_priority(self, futures, priority):
        """Trials of higher priority start earlier; priority is an integer."""
        self._lines.put({"priority": priority, "ids": [future.id for future in futures]})
        self._lines.flush()
        for future in futures:
            future._priority = priority

    # -- learning what came of them -------------------------------------------------------------

    def run(self, proposals, in_flight=None):
        """Yields a Done for each trial as it ends, in the order in which they end, and keeps
        `in_flight` trials open (as many as the study file says, or there were workers). Trials that
        submit() asked for count and are yielded, too.

        proposals: an iterable of dicts, asked for the next one when there is room, after the body
        of the loop has seen what ended. It may yield None: nothing more until another trial has
        ended. Or an object with ask(), which returns a dict or None, and tell(done).
        """
        ask, tell = _asker(proposals)
        wanted = in_flight or self.in_flight
        while True:
            if self._fill(ask, wanted):
                ask = _nothing
            self._forget_taken()
            if not self._open_count() and not self._arrived:
                return
            done = self.next()
            if tell is not None:
                tell(done)
            yield done

    def _fill(self, ask, wanted):
        """Tops up to so many trials; whether there will be no more."""
        batch, ended = [], False
        self._forget_taken()
        while self._open_count() + len(batch) < wanted and self.stopping is None:
            try:
                params = ask()
            except StopIteration:
                ended = True
                break
            if params is None:
                # Nothing could change its mind.
                ended = not self._open_count() + len(batch) + len(self._arrived)
                break
            batch.append(params)
        self.submit_all(batch)
        return ended or self.stopping is not None

    def _open_count(self):
        return len(self._open) + len(self._earlier)

    def next(self):
        """Waits for the next trial to end; a Done. Stopped if the launch ends before."""
        while True:
            self._forget_taken()
            if self._arrived:
                return self._arrived.popleft()
            self._read()

    def as_completed(self, futures):
        """Yields the futures as they end."""
        waiting = {future.id: future for future in futures}
        ready = sorted((f for f in waiting.values() if f.done()), key=lambda f: f._order)
        while True:
            for future in ready:
                if waiting.pop(future.id, None) is not None:
                    future._taken = True
                    yield future
            if not waiting:
                return
            ready = self._read()

    def map(self, many):
        """Results for an iterable of params, in its order; a list of Done."""
        return [future.result() for future in self.submit_all(many)]

    def poll(self):
        """Takes in what has been told so far, without waiting for more. When it is run again, the
        same news comes from the same poll. Returns the engine's time, as time() does."""
        return self._ask("time")

    # -- trials that run ------------------------------------------------------------------------

    def on_report(self, call):
        """From now on call(report) is called for each Report of a running trial, while the driver
        waits for something else, in the order in which they came. None: no more of them."""
        self._on_report = call
        self._lines.put({"reports": call is not None})
        self._lines.flush()

    def stop(self, trial, reason="stopped"):
        """Lets a running trial end as `pruned`. trial: a Report, or a public id; reason: a text."""
        self._tell(trial, {"stop": str(reason)})

    def set_params(self, trial, params):
        """Gives a running trial new parameters: its next report() returns them. params: a dict."""
        self._tell(trial, {"params": params})

    def _tell(self, trial, what):
        name = trial.trial if isinstance(trial, (Report, Done)) else trial
        self._lines.put({"tell": [{"trial": name, **what}]})
        self._lines.flush()

    # -- the rest -------------------------------------------------------------------------------

    def capacity(self):
        """How many more trials could start at once now; an integer."""
        return self._ask("capacity")

    def time(self):
        """Seconds since 1970, a float; recorded, so the same when the driver is run again."""
        return self._ask("time")

    def random(self):
        """An integer from 0 to 2**53 - 1 from the system's randomness; recorded like time()."""
        return self._ask("random")

    def save(self, state):
        """Keeps a text that a later launch is given as `state`, if the study file says
        `driver: {resume: state}`. To be called when all that was told has been worked in: what
        ended later than a trial whose outcome was not taken yet is told again."""
        self._forget_taken()
        text = json.dumps({"next": self._next_id, "state": state})
        self._lines.put({"save": text, "told": self._heard - len(self._arrived)})
        self._lines.flush()

    def finish(self, value=None):
        """Ends the study: no trial is asked for any more, and the value is recorded."""
        if not self._finished:
            self._finished = True
            self._lines.put({"finish": value})
            self._lines.flush()

    def batch(self, size):
        """Lets the engine tell of `size` trials at once; there is less to read."""
        self._lines.put({"batch": size})

    def close(self):
        self._lines.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # -- messages -------------------------------------------------------------------------------

    def _ask(self, what):
        number, self._next_request = self._next_request, self._next_request + 1
        self._lines.put({"ask": what, "n": number})
        while number not in self._answers:
            self._read()
        return self._answers.pop(number)

    def _read(self):
        """Waits for one message and takes it in; the futures that ended by it."""
        message = self._lines.take()
        if message is None:
            self.stopping = self.stopping or "the launch is over"
            raise Stopped(self.stopping)
        for one in message.get("report", ()):
            future = None if one.get("earlier") else self._open.get(one.get("id"))
            if self._on_report is not None:
                self._on_report(Report(one, self.metric, future))
        ended = [self._end(one) for one in message.get("done", ())]
        answer = message.get("answer")
        if answer is not None:
            self._answers[answer["to"]] = answer.get("value")
        if "stop" in message:
            self.stopping = str(message["stop"])
        if "error" in message:
            raise DriveError(str(message["error"]))
        return [future for future in ended if future is not None]

    def _end(self, message):
        if message.get("earlier"):
            future = self._adopted.pop(message.get("trial"), None)
            self._earlier.discard(message.get("trial"))
        else:
            future = self._open.get(message.get("id"))
        done = Done(message, self.metric, future)
        self._forget_taken()
        self._arrived.append(done)
        self._heard += 1
        self._keep_best(done)
        return future and self._complete(future, done)

    def _complete(self, future, done):
        """Notes an outcome; the future, if that was its last."""
        future.results.append(done)
        if len(future.results) < future.replicates:
            return None
        future._order, self._ended = self._ended, self._ended + 1
        self._open.pop(future.id, None)
        return future

    def _forget_taken(self):
        while self._arrived and self._arrived[0].future and self._arrived[0].future._taken:
            self._arrived.popleft()

    def _keep_best(self, done):
        if done.value is None or not math.isfinite(done.value):
            return
        if self.best is None or (
            done.value < self.best.value if self.minimize else done.value > self.best.value
        ):
            self.best = done


def _nothing():
    raise StopIteration


def _asker(proposals):
    """How to get a proposal, and whom to tell of results."""
    if hasattr(proposals, "ask"):
        return proposals.ask, getattr(proposals, "tell", None)
    return iter(proposals).__next__, None


def connect(kind=Study):
    """The study that this program was started to drive. DriveError if it was started otherwise."""
    lines = wire.Lines.of_environment()
    if lines is None:
        raise DriveError(
            "this program was not started as a driver: write `driver: FILE.py` in a study file, "
            "and run that with `retrial run`; in a notebook, use retrial.study()"
        )
    return kind(lines)
