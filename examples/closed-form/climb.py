"""An optimiser of one's own, an evolution strategy: each new x is near the best so far, and as far from
it as has lately been of use. It saves where it is, and goes on from there (climb.yaml).
"""

import json
import random

from retrial import drive

LOW, HIGH = -10, 10
LOOK_AROUND = 20  # points all over the range before it begins to climb

study = drive.connect()
generator = random.Random(study.seed)
asked, width, best = 0, 2.0, None
if study.state:
    asked, width, best, numbers = json.loads(study.state)
    generator.setstate((numbers[0], tuple(numbers[1]), numbers[2]))


def proposals():
    global asked
    while True:
        asked += 1
        if asked <= LOOK_AROUND:
            yield {"x": LOW + (asked - 0.5) * (HIGH - LOW) / LOOK_AROUND}
        elif best is None:
            yield {"x": generator.uniform(LOW, HIGH)}
        else:
            yield {"x": min(HIGH, max(LOW, generator.gauss(best["x"], width)))}


def learn(done):
    global width, best
    if done.value is None:
        return
    better = best is None or done.value < best["y"]
    width = min(2.0, width * 1.5) if better else max(0.05, width * 0.9)
    if better:
        best = {"x": done.params["x"], "y": done.value}


for done in study.history:
    learn(done)
for done in study.run(proposals()):
    learn(done)
    study.save(json.dumps([asked, width, best, generator.getstate()]))
study.finish(best)
