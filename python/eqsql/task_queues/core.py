"""What a task queue gives out: states, and the futures of tasks."""

from enum import IntEnum

EQ_ABORT = "EQ_ABORT"
EQ_TIMEOUT = "EQ_TIMEOUT"
EQ_STOP = "EQ_STOP"


class ResultStatus(IntEnum):
    SUCCESS = 0
    FAILURE = 1


class TaskStatus(IntEnum):
    """A task that runs is still QUEUED here: a driver is told when it ends."""

    QUEUED = 0
    RUNNING = 1
    COMPLETE = 2
    CANCELED = 3
    REQUEUED = 4


class StopConditionException(Exception):
    pass


class TimeoutError(Exception):
    """What was waited for did not end in time."""


class Future:
    """A task that was submitted. eq_task_id: an integer; tag: a text, or None."""

    def __init__(self, eq_sql, eq_task_id, tag=None, future=None):
        self.eq_sql = eq_sql
        self.eq_task_id = eq_task_id
        self.tag = tag
        self.future = future  # a retrial.drive.Future

    def result(self, delay=0.5, timeout=2.0):
        """(SUCCESS, text) once it has ended; (FAILURE, EQ_TIMEOUT) after so many seconds, or
        (FAILURE, EQ_ABORT) if it was cancelled. No limit if timeout is None."""
        return self.eq_sql.query_result(self.eq_task_id, delay, timeout)

    @property
    def status(self):
        return self.eq_sql.get_status([self])[0][1]

    @property
    def worker_pool(self):
        return self.eq_sql.get_worker_pools([self])[0][1]

    def cancel(self):
        """Whether it could be taken back: it had not started."""
        _, ids = self.eq_sql.cancel_tasks([self])
        return self.eq_task_id in ids

    def done(self):
        return self.status in (TaskStatus.CANCELED, TaskStatus.COMPLETE)

    @property
    def priority(self):
        return self.future.priority

    @priority.setter
    def priority(self, value):
        self.eq_sql.update_priorities([self], value)


class TaskQueue:
    """The base of all queues."""
