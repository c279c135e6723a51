# What stands in the way is said before the first trial, and the rest goes on.
echo one > data.txt
printf 'def train(params):\n    return len(open("data.txt").read()) * params["a"]\n' > model.py
printf 'name: with_input\nentry: model.py:train\nsweep: {a: [1, 2]}\ninputs: [data.txt]\ncode: {ignore: ["*.txt"]}\n' > input.yaml
printf 'name: plain\nentry: model.py:train\nsweep: {a: [1, 2, 3]}\ncode: {ignore: ["*.txt"]}\n' > plain.yaml
retrial run input.yaml -q
retrial run plain.yaml -q
echo "--- an input that changed"
echo another > data.txt
retrial verify with_input plain -q > out 2> err || echo "exit code $?"
cat out
sed 's/; then.*//' err
retrial verify with_input -q || echo "exit code $?"
retrial replay with_input --inputs current -q | head -1
echo one > data.txt
retrial verify with_input -q | head -1
echo "--- code that is gone"
git -C .retrial/code.git for-each-ref --format='%(refname)' | while read -r ref; do
    git -C .retrial/code.git update-ref -d "$ref"
done
retrial verify plain -q 2>&1 | sed -E 's/code [0-9a-f]{12}/code CODE/; s/state [0-9a-f]{12}/state CODE/' || true
echo "--- an interpreter that is not there"
retrial replay plain --python /no/python || echo "exit code $?"
echo "--- trials that have not ended"
printf 'name: never\nentry: model.py:train\nsweep: {a: [1]}\n' > never.yaml
retrial run never.yaml --dry-run > /dev/null
retrial verify never || echo "exit code $?"
