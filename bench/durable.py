#!/usr/bin/env python3
"""How soon a result is durable: from the end of a trial until another process, which looks 5,000 times a
second (bench/watch.c), sees it in the journal.

The time of a sync is that of 4 KiB appended to a file beside the journal, measured during the run.
"""
import os
import statistics
import subprocess
import threading
import time

import common


class Syncs(threading.Thread):
    """Times a sync now and then."""

    def __init__(self, folder):
        super().__init__()
        self.path = folder / "sync"
        self.seconds = []
        self.stop = False

    def run(self):
        fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        while not self.stop:
            os.write(fd, b"x" * 4096)
            start = time.monotonic()
            os.fdatasync(fd)
            self.seconds.append(time.monotonic() - start)
            time.sleep(0.02)
        os.close(fd)


def measure(given):
    study = f"name: naps\nentry: naps.py:nap\nparams: {{length: 0.01}}\nreplicates: {given.trials}\n"
    with common.Folder(study, "naps.py") as folder:
        store = folder.path / ".retrial"
        syncs = Syncs(folder.path)
        syncs.start()
        watch = subprocess.Popen([given.build / "bench" / "watch", store], stdout=subprocess.PIPE)
        common.run([given.retrial, "run", "-q", "-j", "1", "study.yaml"], folder.path)
        late = sorted(int(line.split()[0]) / 1000 for line in watch.communicate()[0].splitlines())
        syncs.stop = True
        syncs.join()
    if len(late) != given.trials:
        raise SystemExit(f"{len(late)} attempts were seen")
    sync = 1000 * statistics.median(syncs.seconds)
    return late[len(late) // 2], late[int(len(late) * 0.99)], sync


def main():
    given = common.arguments(__doc__, trials=500)
    common.run(["cmake", "--build", given.build, "--target", "watch"])
    (results,) = common.rounds(given.runs, lambda: measure(given))
    common.head(f"{given.trials:,} trials of 10 ms, {given.runs} runs")
    common.say("from the end of a trial until it is durable, median", [r[0] for r in results], "ms")
    common.say("    99 of 100", [r[1] for r in results], "ms")
    common.say("a sync meanwhile, median", [r[2] for r in results], "ms")
    over = [r[1] - 2 * r[2] for r in results]
    common.say("99 of 100, beyond two syncs", over, "ms", "goal: 10")


if __name__ == "__main__":
    main()
