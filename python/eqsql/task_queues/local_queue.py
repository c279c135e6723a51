"""The task queue: tasks are trials of the study that this program drives."""

import time

from eqsql.task_queues.core import (  # noqa: F401
    EQ_ABORT,
    EQ_STOP,
    EQ_TIMEOUT,
    Future,
    ResultStatus,
    TaskQueue,
    TaskStatus,
    TimeoutError,
)
from retrial import drive
from retrial.emews import Exchange
from retrial.recalling import RecallingStudy

CANCEL_SECONDS = 1.0
LIVE_SECONDS = 5.0  # an answer about the time that is older comes from a replay
PRIORITY_MAX = 1000


class LocalTaskQueue(TaskQueue):
    def __init__(self, study):
        self.study = study
        self.tasks = {}  # eq_task_id -> Future
        self._words = Exchange(study, "the driver", None, None)

    # -- time: recorded, so that a replay waits for nothing --

    def _look(self):
        """Takes in what has ended; the time in seconds."""
        return self.study.poll()

    def _until(self, ready, timeout, delay):
        """Looks every `delay` seconds until ready(); whether it was in time."""
        now = self._look()
        end = None if timeout is None else now + timeout
        while not ready():
            if end is None:
                self.study._read()
                continue
            if now >= end:
                return False
            if abs(time.time() - now) < LIVE_SECONDS:
                time.sleep(max(0.001, min(delay, end - now)))
            now = self._look()
        return True

    # -- tasks --

    def submit_task(self, exp_id, eq_type, payload, priority=0, tag=None):
        """Asks for a trial. payload: params as a JSON object, a text. (SUCCESS, Future)."""
        status, futures = self.submit_tasks(exp_id, eq_type, [payload], priority, tag)
        return status, futures[0]

    def submit_tasks(self, exp_id, eq_type, payload, priority=0, tag=None):
        """Asks for several trials; (SUCCESS, list of Future)."""
        tags = {"exp_id": str(exp_id), "eq_type": eq_type}
        if tag is not None:
            tags["tag"] = str(tag)
        params = [self._words.params_of(one) for one in payload]
        made = []
        for future in self.study.submit_all(params, tags=tags, priority=bounded(priority)):
            made.append(Future(self, future.id, tag, future))
            self.tasks[future.id] = made[-1]
        return ResultStatus.SUCCESS, made

    def query_result(self, eq_task_id, delay=0.5, timeout=2.0):
        task = self.tasks[eq_task_id]
        if not task.future.done() and not self._until(task.future.done, timeout, delay):
            return ResultStatus.FAILURE, EQ_TIMEOUT
        done = task.future.result()
        if done.outcome == "skipped":
            return ResultStatus.FAILURE, EQ_ABORT
        return ResultStatus.SUCCESS, self._words.told(done)

    def cancel_tasks(self, futures):
        """(SUCCESS, ids of those that had not started)."""
        waiting = [one.future for one in futures if not one.future.done()]
        if waiting:
            self.study.cancel(waiting)
            self._until(lambda: all(one.done() for one in waiting), CANCEL_SECONDS, 0.05)
        return ResultStatus.SUCCESS, [
            one.eq_task_id for one in futures if _status(one) == TaskStatus.CANCELED
        ]

    def update_priorities(self, futures, new_priority):
        """One priority for all, or a list with one for each; (SUCCESS, ids)."""
        each = new_priority if isinstance(new_priority, list) else [new_priority] * len(futures)
        open_ones = [(f, bounded(n)) for f, n in zip(futures, each) if not f.future.done()]
        for priority in sorted({n for _, n in open_ones}):
            self.study.set_priority([f.future for f, n in open_ones if n == priority], priority)
        return ResultStatus.SUCCESS, [f.eq_task_id for f, _ in open_ones]

    def get_priorities(self, futures):
        return [(one, one.future.priority) for one in futures]

    def get_status(self, futures):
        self._look()
        return [(one, _status(one)) for one in futures]

    def get_worker_pools(self, futures):
        return [(one, "retrial" if one.future.done() else None) for one in futures]

    def are_queues_empty(self, eq_type=None):
        self._look()
        return all(
            one.future.done()
            for one in self.tasks.values()
            if eq_type is None or one.future.tags["eq_type"] == eq_type
        )

    def pop_completed(self, futures, timeout=None, sleep=0):
        """Takes the first that has ended out of the list. TimeoutError after so many seconds."""
        return next(self.as_completed(futures, pop=True, timeout=timeout, n=1, sleep=sleep))

    def as_completed(self, futures, pop=False, timeout=None, n=None, batch_size=1, sleep=0):
        """Yields those that have ended, `batch_size` at a time, `n` at most (all if None), and
        takes them out of the list with pop. TimeoutError after so many seconds in all."""
        waiting = list(futures)
        left = len(waiting) if n is None else min(n, len(waiting))
        start = self._look() if timeout is not None else None
        batch = []
        while left:
            ended = [one for one in waiting if one.future.done()]
            if not ended:
                self._wait_for_any(waiting, start, timeout, sleep)
                continue
            for one in sorted(ended, key=lambda one: one.future._order)[:left]:
                waiting.remove(one)
                batch.append(one)
                left -= 1
            while len(batch) >= batch_size or (batch and not left):
                for one in batch[:batch_size]:
                    if pop:
                        futures.remove(one)
                    yield one
                del batch[:batch_size]

    def _wait_for_any(self, waiting, start, timeout, sleep):
        if timeout is None:
            self.study._read()
            return
        rest = start + timeout - self._look()
        if not self._until(lambda: any(one.future.done() for one in waiting), rest, sleep or 0.05):
            raise TimeoutError(f"nothing more has ended after {timeout} seconds")

    # -- what there is no need for, as the engine ends with the driver --

    def stop_worker_pool(self, eq_type):
        return ResultStatus.SUCCESS

    def clear_queues(self):
        self.cancel_tasks(list(self.tasks.values()))

    def close(self):
        self.study.finish()


def _status(task):
    if not task.future.done():
        return TaskStatus.QUEUED
    skipped = task.future.results[0].outcome == "skipped"
    return TaskStatus.CANCELED if skipped else TaskStatus.COMPLETE


def bounded(priority):
    if not -PRIORITY_MAX <= priority <= PRIORITY_MAX:
        raise ValueError(f"priority {priority} is not from {-PRIORITY_MAX} to {PRIORITY_MAX}")
    return priority


def init_task_queue(*_, **__):
    """The queue of this driver; host, user and the like of a database are passed over."""
    return LocalTaskQueue(drive.connect(RecallingStudy))
