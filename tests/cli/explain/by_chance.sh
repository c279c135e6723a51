# A model that is not seeded has a floor, and differences below it are none; a trial that fails
# leaves its part open.
cat > model.py <<'PYTHON'
import os


def train(x, break_at=9):
    if x == 2 and break_at == 2:
        raise ValueError("both are too much")
    return {"acc": x + int.from_bytes(os.urandom(2), "little") / 2**17, "loss": x}
PYTHON
printf 'name: s\nentry: model.py:train\nsweep: {x: [1, 2], break_at: [3, 2]}\n' > s.yaml
retrial run s.yaml -q -j 1 2>> "$HOME/log" || echo "exit $?"
retrial explain s.1 s.3 -k 6 --json 2>> "$HOME/log" > explained.json
/usr/bin/python3 - <<'PYTHON'
import json
acc, loss = json.load(open("explained.json"))["metrics"]
assert 0 < acc["floor"] < 0.5 and 0.5 < acc["parts"][0] < 1.5, acc
assert acc["repeats"] == loss["repeats"] == [6, 6] and acc["recorded"] is None, acc
print("floor of acc is there, loss has", loss["floor"], loss["parts"])
PYTHON
retrial verify s.1 -k 10 -q > /dev/null 2>> "$HOME/log" || true # what varies is not the same again
retrial explain s.1 s.2 -k 1 2>> "$HOME/log" | sed -E 's/ [+-]?[0-9]+(\.[0-9]+)?(e-[0-9]+)?/ N/g'
retrial explain s.2 s.4 2>> "$HOME/log" || echo "exit $?"
retrial explain s.1 s.4 --json 2>> "$HOME/log" | grep -c failed || true
for wrong in "s.1" "s s.1" "s.1 s.2 -k 0" "s.1 s.99" "s.1 s.2 -j -3"; do
    retrial explain $wrong 2>&1 || echo "exit $?"
done
