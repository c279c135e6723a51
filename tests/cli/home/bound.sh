# A store on a local disk with --home: it stays bound to its home, and homes are told apart.
tell() { "$@" 2>&1 | sed -E 's/ [0-9.]+\/s//; s/event [0-9]+/event N/; s/complete at [^ ]+ by its clock/complete WHEN/; s/process [0-9]+ on .*/process PID on HOST/' || echo "exit $?"; }
export RETRIAL_HOT=$HOME/hot
mkdir study
cat > study/m.py <<'PYTHON'
def train(x):
    print("y" * 5000 + str(x))
    return {"loss": x / 4}
PYTHON
printf 'name: m\nentry: m.py:train\nsweep: {x: [1, 2]}\n' > study/m.yaml
count() { retrial --store "$1" query 'SELECT count(outcome) AS n FROM m' --csv | tail -n 1; }

retrial run study/m.yaml -j 1 --quiet --home home
tell retrial --store home status
count home
retrial run study/m.yaml -j 1 --quiet -S x=1,2,3
count home
count study/.retrial
ls "$HOME/hot" 2> /dev/null || echo "nothing is on scratch"

echo "== gone, and asked for"
mv home elsewhere
tell retrial run study/m.yaml -j 1 --quiet
count elsewhere
ls -d home 2> /dev/null || echo "none was made"

echo "== another home gets all of it, and the first one is then not for this store"
retrial run study/m.yaml -j 1 --quiet --home second
count second
tell retrial run study/m.yaml -j 1 --quiet --home elsewhere
count elsewhere

echo "== a home of another store, and what is no home"
(cd study && retrial --store other run m.yaml -j 1 --quiet -S x=7 --home third)
tell retrial --store study/other resume m --home second
rm -r study/other
mkdir full && touch full/file
tell retrial run study/m.yaml --home full
tell retrial --store second resume m --home study/third
tell retrial run study/m.yaml --publish 2
(cd "$(mktemp -d)" && cp "$OLDPWD"/study/m.* . && tell retrial run m.yaml --publish 2s)

echo "== a home alone is enough"
rm -r study/.retrial
tell retrial --store second resume m
count second
tell retrial --store second check | sed -E 's/[0-9]+ events/N events/'
stat -c %a "$HOME"/hot "$HOME"/hot/* second second/journal second/journal/* | sort | uniq -c | sed 's/^ *//'
mkdir -m 755 "$HOME/open"
RETRIAL_HOT=$HOME/open tell retrial --store study/third ls
