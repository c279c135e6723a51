# What cannot be had as it was recorded is said, and the rest is there.
cat > model.py <<'PYTHON'
def train(x):
    return x
PYTHON
mkdir "$HOME/far" data
echo 1 > "$HOME/far/a"
echo 2 > data/b
printf 'name: s\nentry: model.py:train\nsweep: {x: [1, 2]}\ninputs: [data, "%s/far/a"]\n' "$HOME" > s.yaml
retrial run s.yaml -q -j 1
retrial checkout s.1 out
(cd out && find . -type f | sort)
./out/run.sh
echo "changed:"
echo 3 > "$HOME/far/a"
retrial checkout s.2 other || echo "exit $?"
./other/run.sh
ls other
echo "not to be read:"
rm "$HOME/far/a" && ln -s a "$HOME/far/a"
retrial checkout s.2 third || echo "exit $?"
./third/run.sh
for wrong in "s.9 x" "s x" "s.1 out" "s.1"; do
    retrial checkout $wrong || echo "exit $?"
done
touch file
retrial checkout s.1 file || echo "exit $?"
