# A mistake that only the entry can find leaves a complete study as it was.
cat > model.py <<'PYTHON'
def train(epochs):
    return epochs
PYTHON
printf 'entry: model.py:train\nsweep: {epochs: [1, 2, 3]}\n' > three.yaml
retrial run -q three.yaml
results() { retrial query --csv "SELECT count(*), sum(value) FROM three WHERE outcome = 'ok'" | tail -n 1; }
mistake() {
    retrial run -q three.yaml "$@" 2>&1 || echo "exit $?"
    results
}
mistake -S epoch=3
sed -i s/train/trian/ model.py
mistake
sed -i s/trian/train/ model.py
retrial run three.yaml 2>&1 | sed -E 's/\([a-z0-9]+\)/(ID)/'
retrial ls three --csv | cut -d, -f2- | cut -d, -f1-2
retrial check | sed -E "s/[0-9]+ events/N events/"
