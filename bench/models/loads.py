"""A function of params in JSON whose result is JSON, in a bare loop: microseconds of the processor for each."""
import json
import sys
import time

TEXT = json.dumps(
    {"a": 1, "b": 2.5, "c": "text", "d": [1, 2], "e": True, "f": 0.1, "g": 7, "h": "other" * 18, "i": -3, "x": 1}
)


def noop(params):
    return {"y": 2.0 * params["x"]}


count = int(sys.argv[1])
start = time.process_time()
for _ in range(count):
    json.dumps(noop(json.loads(TEXT)))
print((time.process_time() - start) / count * 1e6)
