# A trial that crashes, or whose launch is killed, goes on from its last checkpoint: a file, a folder, a
# large file; a Python function (embedded and in another interpreter), a command, a C function.
cat >model.py <<'PYTHON'
import os, signal, time
import retrial

def train(how, trial):
    first = 1
    saved = trial.restore()
    print("restored", saved and os.path.basename(saved))
    if saved:
        path = os.path.join(saved, "sub", "link") if how == "folder" else saved
        first = int(open(path).read().split()[0]) + 1
    for step in range(first, 6):
        if how == "folder":
            os.makedirs("kept.d/sub", exist_ok=True)
            with open("kept.d/sub/state", "w") as file:
                file.write(str(step))
            os.path.lexists("kept.d/sub/link") or os.symlink("state", "kept.d/sub/link")
            retrial.checkpoint("kept.d/", step=step)
        else:
            with open("last.pt", "w") as file:
                file.write(f"{step}\n" + "x" * (3_000_000 if how == "large" else 0))
            retrial.checkpoint("last.pt", step)
        if step == 3 and first == 1:
            os.kill(os.getpid(), signal.SIGKILL)
    return {"first": first}
PYTHON
cat >study.yaml <<'YAML'
name: work
entry: model.py:train
sweep: {how: [file, folder, large]}
limits: {retries: 1}
YAML
show() {
    retrial --store "$1" query --csv "SELECT how, outcome, attempt, first FROM work"
    retrial --store "$1" query --csv 'SELECT ordinal, attempt, kept_by FROM restore'
    retrial --store "$1" query --csv 'SELECT ordinal, attempt, max(step), folder FROM checkpoint GROUP BY ordinal, attempt'
}
retrial run --store embedded -q -j 2 study.yaml 2>/dev/null
show embedded | tee embedded.txt
/usr/bin/python3 -m venv --without-pip --copies other
VIRTUAL_ENV=$PWD/other retrial run --store guest -q -j 2 study.yaml 2>/dev/null
show guest | cmp - embedded.txt
for i in 1 2 3; do retrial --store embedded log work.$i 2>/dev/null; done
echo "files kept: $(find embedded/kept -type f | wc -l)" # the last of each trial
retrial --store embedded show work.2 | sed -n -e '/^checkpoint/,/^  folder/p' -e '/^  restored/,/^    kept_by/p'
retrial check --store embedded | sed 's/[0-9]* events/N events/'
for file in $(find embedded/kept -type f | sort | head -n 1); do echo more >>"$file"; done
retrial check --store embedded 2>&1 | sed -E 's|kept/[0-9a-f/]+|FILE|' || true

# A launch that is killed: what was kept is there in the next.
cat >slow.sh <<'SH'
step=$(cat "${RETRIAL_CHECKPOINT_IN:-/dev/null}")
echo "from ${step:-nothing} ${RETRIAL_CHECKPOINT_IN##*/}"
while [ "${step:=0}" -lt 4 ]; do
    step=$((step + 1))
    echo $step >state.txt
    echo "checkpoint state.txt step=$step" >"$RETRIAL_REPORT"
    until [ ! -e state.txt ]; do sleep 0.01; done # it is taken
    if [ $step = 2 ] && [ -z "${RETRIAL_CHECKPOINT_IN:-}" ]; then sleep 60; fi
done
echo "{\"steps\": $step}" >"$RETRIAL_RESULT"
SH
cat >slow.yaml <<'YAML'
name: slow
entry: {command: [bash, slow.sh]}
YAML
retrial run --store killed -q slow.yaml 2>/dev/null &
until retrial --store killed query --csv 'SELECT step FROM checkpoint' 2>/dev/null | grep -q 2; do sleep 0.05; done
kill -9 $!
wait $! || true
retrial run --store killed -q slow.yaml
retrial --store killed query --csv 'SELECT outcome, attempt, steps FROM slow'
retrial --store killed log slow.1 2>/dev/null
retrial --store killed query --csv 'SELECT attempt, max(step) FROM checkpoint GROUP BY attempt'

cat >model.c <<'C'
#include <retrial.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int train(const struct retrial_trial *trial, struct retrial_result *result)
{
    const char *saved = retrial_restore(trial);
    FILE *file = saved ? fopen(saved, "r") : NULL;
    int step = 0;

    if (file && (fscanf(file, "%d", &step) != 1 || fclose(file) != 0))
        return 1;
    retrial_metric_int(result, "first", step + 1);
    while (step < 4) {
        file = fopen("state", "w");
        if (!file || fprintf(file, "%d", ++step) < 0 || fclose(file) != 0)
            return 1;
        if (retrial_checkpoint(trial, "state", step) != RETRIAL_GO_ON)
            return 2;
        if (step == 2 && !saved)
            kill(getpid(), SIGKILL);
    }
    printf("%d ", retrial_checkpoint(trial, "no such file", 0));
    printf("%s\n", retrial_error(trial));
    return 0;
}
C
cc -shared -fPIC -I "$SOURCE/engine/public" -o libmodel.so model.c
printf 'name: c\nentry: ./libmodel.so:train\nlimits: {retries: 1}\n' >c.yaml
retrial run --store c -q c.yaml
retrial --store c query --csv 'SELECT outcome, attempt, first FROM c'
retrial --store c log c.1 2>/dev/null

# What was kept and is not what it was is not given; the trial hears so.
cat >damaged.py <<'PYTHON'
import os, retrial
def train(trial):
    if not retrial.restore() and not os.path.exists(os.environ["AGAIN"]):
        with open("last.pt", "w") as file:
            file.write("state")
        retrial.checkpoint("last.pt")
        raise ValueError("again")
    return {"restored": retrial.restore() is not None}
PYTHON
export AGAIN=$PWD/../again
retrial --store damaged run -q -j 1 damaged.py:train 2>/dev/null || true
for file in $(find damaged/kept -type f); do printf 'statE' >"$file"; done
touch "$AGAIN"
retrial --store damaged resume damaged -q -j 1 --retry failed 2>&1 | head -n 3
retrial --store damaged query --csv 'SELECT outcome, restored FROM damaged'
retrial --store damaged log damaged.1 2>/dev/null || true
