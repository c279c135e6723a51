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
cat err
retrial query "SELECT origin_trial, verdict, reason FROM replays WHERE verdict LIKE 'NOT%'" --csv
retrial query "SELECT outcome, count(*) FROM plain_verify GROUP BY outcome" --csv
retrial verify with_input plain --dry-run --csv | cut -d, -f 4,7-8
retrial resume plain_verify -q > /dev/null 2>&1 || echo "nothing is left to be run: exit code $?"
retrial verify with_input -q || echo "exit code $?"
retrial replay with_input --inputs current -q | head -1
echo one > data.txt
retrial verify with_input -q | head -1
echo "--- a package that is gone, and surroundings that are others: the rest goes on"
mkdir -p lib/gone-1.2.dist-info
echo 'X = 1' > lib/gone.py
printf 'import gone\n\n\ndef train(params):\n    return gone.X\n' > needs.py
printf 'name: needs\nentry: needs.py:train\nsweep: {a: [1, 2]}\ncode: {ignore: [lib, "*.txt"]}\n' > needs.yaml
printf 'name: needless\nentry: model.py:train\nsweep: {a: [1]}\ncode: {ignore: [lib, "*.txt"]}\n' > needless.yaml
for study in needs needless; do
    PYTHONPATH=$PWD/lib RETRIAL_GPUS=0,1 retrial run $study.yaml -q -j 1 2>> "$HOME/log"
done
code=0
retrial verify needs needless -q > out 2> err || code=$?
cat out
grep -v Traceback err | grep -v '^ ' # where the import was
echo "exit code $code"
PYTHONPATH=$PWD/lib retrial resume needs_verify -q 2>> "$HOME/log" | head -1
retrial verdict needs_verify | head -1
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
