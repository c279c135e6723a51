# A driver that searches what the model does not read is found out; a key under a condition may not
# have been there.
echo 'def train(params): return {"loss": params["lr"] + params.get("noise_gaussian", 0)}' > model.py
cat > search.py <<'PYTHON'
from retrial import drive

drive.connect().map([{"lr": 0.5, "gaussian_noise": i} for i in range(4)])
PYTHON
cat > s.yaml <<'YAML'
entry: model.py:train
params: {seldom: 1}
space: {lr: "uniform(0, 1)", gaussian_noise: "uniform(0, 9)", momentum: {uniform: [0, 1], when: lr > 2}}
driver: search.py
YAML
retrial run -j 1 s.yaml 2>&1 | grep warning
