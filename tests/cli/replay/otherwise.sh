# Recorded trials with other params, seeds and code; the pairs are told before, and kept after.
cat > model.py <<'EOF'
def train(lr, epochs, opt=None, noise=0.0):
    if lr > 0.5:
        raise ValueError("too fast")
    return {"acc": lr * epochs - noise, "momentum": (opt or {}).get("momentum", -1)}
EOF
git init -q -b main . && git config user.name A && git config user.email a@b
printf '.retrial\n' > .gitignore
git add -A && git commit -q -m one && git tag one
printf 'name: base\nentry: model.py:train\nparams: {epochs: 40, opt: {momentum: 0.9, x: 1}}\nsweep: {lr: [0.1, 0.2, 0.6]}\nreplicates: 2\nobjective: {maximize: acc}\n' > base.yaml
retrial run base.yaml -j 2 -q 2> "$HOME/err" || echo "exit code $?"
pairs() { retrial replay "$@" --dry-run --csv | cut -d, -f2,4- | sed 's/,[0-9]\{4,\},/,SEED,/'; }
echo "--- the grammar"
pairs base.1 -S 'epochs*=0.5' -S 'lr=0.3,0.4' --unset opt.x
pairs base --best 1 -S 'lr+=0.2' -S 'opt.momentum=0:1:0.5'
pairs base --where 'lr < 0.15 OR acc > 7.9' -S 'noise=0.5'
pairs base --outcome failed
pairs base --outcome ok --sample 2 | wc -l
echo "--- run"
retrial replay base --where 'replicate = 1' -S 'epochs*=0.5' --name half -j 2 -q 2> /dev/null || echo "exit code $?"
retrial query 'SELECT origin_trial, verdict, reason FROM replays' --csv
echo "--- a replay of a replay, and its chain"
retrial replay half --outcome ok -q --replicates 2 --seed fresh
retrial query "SELECT json_array_length(plan -> 'replay' -> 'chain') AS chain, plan -> 'replay' -> 'changes' AS changes, plan ->> 'name' AS name FROM plan WHERE plan -> 'replay' IS NOT NULL" --csv
retrial query 'SELECT count(DISTINCT seed) AS seeds, count(*) AS trials FROM base_replay' --csv
echo "--- other code"
sed -i 's/lr \* epochs/lr * epochs * 2/' model.py
git commit -qam two
retrial replay base.1 --code current -q
retrial replay base.1 --code one -q
retrial replay base.1 --code HEAD -q
retrial query 'SELECT count(DISTINCT code) FROM plan' --csv
git status --short
echo "--- told"
retrial replay base.1 -S epohcs=3 --dry-run --csv 2>&1 | cut -d, -f1,2,6-
retrial replay base -S name+=1 --dry-run || echo "exit code $?"
retrial replay base --code nowhere --dry-run || echo "exit code $?"
retrial replay base.1 --code one --dry-run > /dev/null
retrial replay base --code nowhere || echo "exit code $?"
retrial replay base --where 'absent > 1' || echo "exit code $?"
retrial replay base --where 'lr > 7' || echo "exit code $?"
retrial replay base.1 -S lr=1 -S lr=2 || echo "exit code $?"
retrial replay base.1 --seed other || echo "exit code $?"
for wrong in '--unset nothing' '--replicates 4000000000' '--python no-python' '--where=' '--from-code=' '--name=' \
    '--driver-only -S lr=1' '--replicates 0' '-S lr' '-S epochs*=x' '--outcome well' '--best -1' '--best 0' '--sample 0' \
    '--name a/b' '--name sqlite_x'; do
    retrial replay base.1 $wrong --dry-run > /dev/null || echo "exit code $?"
done
retrial replay base.1 --tol acx=0.1 --equiv acc=1 --fresh -q > /dev/null
sed 's/0.2, 0.6/0.3/' base.yaml > other.yaml
retrial run other.yaml -q --code current 2> "$HOME/err"
retrial replay base --where 'lr > 0.15' --dry-run --csv | cut -d, -f2,4,6-
