# Inputs are swapped where what both read can be had; so are interpreters.
explain() {
    retrial --store "$1" explain "${@:2}" 2>> "$HOME/log" || { echo "exit $?"; cat "$HOME/log"; }
}
cat > model.py <<'PYTHON'
import sys


def train(x):
    bias = float(open("data/bias").read()) + (0.25 if "other" in sys.prefix else 0.0)
    return {"acc": x / 2 + bias}
PYTHON
mkdir data && echo 0.0 > data/bias
printf 'name: a\nentry: model.py:train\nsweep: {x: [1]}\ninputs: [data/bias]\ncode: {ignore: [data, other]}\n' > a.yaml
retrial run a.yaml -q -j 1
retrial export a kept --with-inputs 2>> "$HOME/log" # what a read
echo 0.125 > data/bias
for store in .retrial kept; do
    sed -e 's/name: a/name: b/' -e 's/\[1\]/[2]/' a.yaml > b.yaml
    retrial --store $store run b.yaml -q -j 1 2>> "$HOME/log"
done
echo "what a read is gone:"
explain .retrial a.1 b.1
echo "it is kept:"
explain kept a.1 b.1
echo "what b read is gone:"
mv data/bias bias
explain kept a.1 b.1
mv bias data/bias
echo "another interpreter:"
/usr/bin/python3 -m venv --without-pip other
sed -e 's/name: a/name: c/' a.yaml > c.yaml
echo "python: other/bin/python3" >> c.yaml
retrial run c.yaml -q -j 1 2>> "$HOME/log"
explain .retrial b.1 c.1 | sed "s|/usr/bin/python3.*other/bin/p|PYTHON -> OTHER/bin/p|"
echo "it is gone, too:"
mv other gone
explain .retrial b.1 c.1 | sed -E "s|/usr/bin/python3.*|PYTHON ...|"
echo "all that was read is gone:"
mv data/bias bias
before=$(retrial ls --csv | wc -l)
retrial explain a.1 b.1 2>&1 || echo "exit $?"
retrial explain a.1 a.1 2>&1 || echo "exit $?"
[ "$before" = "$(retrial ls --csv | wc -l)" ]
