"""A study whose driver asks again for what was asked for before, and gets what is recorded: of use to
programs that begin anew in `resume: tell` and cannot be told of what was, such as a notebook's cells
that are run again.
"""

import json

from retrial import drive, wire


def key_of(params):
    return json.dumps(json.loads(wire.encode(params)), sort_keys=True)


class RecallingStudy(drive.Study):
    """Params that an earlier driver asked for are not asked for again as often as it did; unless
    `recalls` is False, for drivers that see to that themselves."""

    recalls = True

    def _restore(self, hello):
        self._ended_before, self._open_before = {}, {}  # key -> list of Done, of public ids
        for one in hello.get("open") or () if self.resume == "tell" else ():
            self._open_before.setdefault(key_of(one["params"]), []).append(one["trial"])
        super()._restore(hello)

    def _end(self, message):
        wanted = not message.get("earlier") or message.get("trial") in self._adopted
        future = super()._end(message)
        if not wanted:  # until it is asked for
            done = self._arrived[-1]
            key = key_of(done.params)
            if done.trial in self._open_before.get(key, ()):
                self._open_before[key].remove(done.trial)
            self._ended_before.setdefault(key, []).append(done)
        return future

    def _future(self, params, id, tags, priority, replicates):
        key = key_of(params) if self.recalls and id is None and replicates == 1 else None
        ended, begun = self._ended_before.get(key), self._open_before.get(key)
        if not ended and not begun:
            return super()._future(params, id, tags, priority, replicates)
        future = drive.Future(self, self._next_id, params, tags, 1, priority or 0)
        self._next_id += 1
        if ended:
            done = ended.pop(0)
            done.future = future
            if done not in self._arrived:
                self._arrived.append(done)
            self._complete(future, done)
        else:
            self._adopted[begun.pop(0)] = future
        return future, None
