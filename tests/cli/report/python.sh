# Python functions report while they run: by the module and by `trial`, from a thread, embedded, in
# another interpreter, and in one of a worker's own. All have the same curves, and say the same of mistakes.
cat >model.py <<'PYTHON'
import os, threading
import retrial

def attempt(call):
    try:
        call()
        return "no error"
    except Exception as error:
        return f"{type(error).__name__}: {error}"

def forked():
    reads, writes = os.pipe()
    if os.fork() == 0:
        os.write(writes, attempt(lambda: retrial.report(9, loss=1)).encode())
        os._exit(0)
    os.wait()
    return os.read(reads, 1000).decode()

def train(lr, trial):
    for step in range(3):
        answer = retrial.report(step, loss=lr / (step + 1))
        trial.report(step, {"val-acc": float("nan") if step == 1 else step, "wide": True})
    thread = threading.Thread(target=lambda: retrial.report(3, loss=-lr))
    thread.start()
    thread.join()
    answer = retrial.report(4, loss=float("inf"), wait=True)
    print(answer, answer.params, retrial.should_stop(wait=True), retrial.restore())
    for bad in (lambda: retrial.report(-1, loss=1), lambda: retrial.report(1),
                lambda: retrial.report(1, loss="low"), lambda: retrial.report(1, {"": 1}),
                lambda: retrial.report(1.5, loss=1), lambda: retrial.report(1, {str(i): i for i in range(65)})):
        print(attempt(bad))
    print(forked())
    return lr
PYTHON
cp model.py apart.py
echo 'threading.Thread(target=threading.Event().wait, daemon=True, name="watcher").start()' >>apart.py
/usr/bin/python3 -m venv --without-pip --copies other
curves() {
    retrial query --store "$1" --csv "SELECT trial, attempt, step, metric, value, state, number, decides
        FROM \"$2.steps\" ORDER BY ordinal, metric, number"
}
retrial run --store embedded -q model.py:train -S lr=0.5,2
VIRTUAL_ENV=$PWD/other retrial run --store guest -q model.py:train -S lr=0.5,2
retrial run --store apart -q apart.py:train -S lr=0.5,2 2>/dev/null
curves embedded model | tee curves | head -n 12
curves guest model | sed -E 's/^[^.]*//' >guest.csv
curves apart apart | sed -E 's/^[^.]*//' >apart.csv
sed -E 's/^[^.]*//' curves | cmp - guest.csv
cmp guest.csv apart.csv
retrial --store embedded log model.1 2>/dev/null
for store in guest/model apart/apart; do
    retrial --store ${store%/*} log ${store#*/}.1 2>/dev/null |
        cmp - <(retrial --store embedded log model.1 2>/dev/null)
done
retrial --store embedded show model.2 | sed -n '/^  reports/,$p'
retrial --store embedded check | sed 's/[0-9]* events/N events/'
