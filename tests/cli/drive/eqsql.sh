# A program that was written for EQ/SQL's task queue; and a trial of high priority beside idle workers,
# which two may want at once.
cat >model.py <<'END'
def f(x):
    return {"y": x * x}
END
cat >algo.py <<'END'
import json
from eqsql.task_queues import local_queue
queue = local_queue.init_task_queue("localhost", "user", 5432, "db")
_, futures = queue.submit_tasks("exp", 0, [json.dumps({"x": x}) for x in range(8)], tag="first")
done = [float(future.result()[1]) for future in queue.as_completed(futures, pop=True)]
print(sorted(done), len(futures))
for i in range(5):
    _, last = queue.submit_task("exp", 1, json.dumps({"x": i + 0.5}), priority=9)
    print(last.result(timeout=None)[0].name, last.status.name)
queue.close()
END
printf '%s\n' 'name: a' 'entry: model.py:f' 'driver: algo.py' 'objective: {minimize: y}' >a.yaml
retrial run -q -j 3 a.yaml 2>&1 | grep '^driver'
retrial query --csv "SELECT tags, max(priority), count(*) FROM proposal GROUP BY 1"
