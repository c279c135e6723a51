# What is wrong in a model: told at its import, or as the reason of the trials that failed.
export PYTHONDONTWRITEBYTECODE=1
echo 'raise RuntimeError("no data here")' > raises.py
echo 'def train(lr): retrun 1' > syntax.py
printf 'def train(lr):\n    print "x"\n' > python2.py
printf 'import no_such_module\ndef train(lr): return 1\n' > needs.py
cat > model.py <<'PYTHON'
def nothing(lr):
    print(lr)
def pair(lr):
    return 1, 2
def text(lr):
    return "good"
def leaves(lr):
    exit(3)
def loss(lr):
    return {"loss": 1}
def nan(lr):
    return {"loss": float("nan")}
PYTHON
printf '#!/no/such/shell\n' > bad.sh
chmod +x bad.sh
# The trials of a study fail for one reason, which stands in full in the last column.
told() {
    retrial run "$@" 2>&1 | sed -E -e 's/\(([0-9]+ms|[a-z0-9]{6})\)/(ID)/' -e 's/retrial (ls|resume) [a-z0-9]+/retrial \1 ID/' \
        -e 's/; [0-9]+ now in .*//' -e '/^(trial |-----|retrial log)/d' -e 's/ +[0-9] +'"$(hostname)"' +/ HOST /' ||
        echo "exit $?"
}
for file in raises syntax python2 needs; do told $file.py:train -S lr=1 --name $file; done
for function in nothing pair text leaves; do told model.py:$function -S lr=1 --name $function; done
told --name shell -S lr=1 -- ./bad.sh '{lr}'
told --name silent -S lr=1 -- echo done '{lr}x'
told model.py:loss -S lr=1 --name no_objective --maximize accuracy
told model.py:nan -S lr=1 --name nan --minimize loss
told model.py:loss -S rl=1 --name unread
told model.py:loss -S lr=1 -S rl=1 --name unread
# What failed before any trial started is put right, and run: nothing hangs on the code as it was.
sed -i 's/retrun/return/' syntax.py
told syntax.py:train -S lr=1 --name syntax
sed -i 's/return 1/return 1 + 1/' syntax.py
told syntax.py:train -S lr=1,2 --name syntax
