# Trials that a rule prunes are pruned again at the same call, in Python, in C and as commands; a
# command, which looks for that when it likes, need not come out the same, and is not blamed for it.
here=$PWD
cat >model.py <<'PYTHON'
import retrial


def train(x):
    for step in range(1, 3000):
        retrial.report(step, loss=x + 1 / step)
    return {"loss": x}
PYTHON
cat >model.c <<'C'
#include <retrial.h>
#include <unistd.h>

int train(const struct retrial_trial *trial, struct retrial_result *result)
{
    double x = retrial_real(trial, "x", 0);
    int64_t step = 1;

    while (step < 3000 && retrial_report(trial, step, "loss", x) != RETRIAL_STOP) {
        usleep(1000);
        if (++step % 3 == 0 && retrial_should_stop(trial, 0))
            break;
    }
    retrial_metric_int(result, "steps", step);
    retrial_metric(result, "loss", x);
    return 0;
}
C
cc -shared -fPIC -I "$SOURCE/engine/public" -o libmodel.so model.c
cat >train.sh <<'SH'
trap 'echo "{\"loss\": 5, \"steps\": 3}" >"$RETRIAL_RESULT"; exit 0' TERM
for step in 1 2 3; do
    echo "step=$step loss=$1" >"$RETRIAL_REPORT"
done
if [ "$1" = 5 ]; then
    sleep 60 9>&- & wait
fi
echo "{\"loss\": $1, \"steps\": 3}" >"$RETRIAL_RESULT"
SH
study() { # name, entry
    printf 'name: %s\nentry: %s\nsweep: {x: [1, 5]}\nobjective: {minimize: loss}\npruning: {rule: threshold, upper: 4}\n' "$@" >"$1.yaml"
    retrial run -q -j 2 "$1.yaml" 2>log || cat log
}
study python model.py:train
study c ./libmodel.so:train
study command '{command: [bash, train.sh, "{x}"]}'
for name in python c command; do
    echo "-- $name"
    retrial query --csv "SELECT x, outcome, loss FROM $name ORDER BY x"
    retrial verify "$name" -q -j 2 2>log | head -n 1
    retrial query --csv "SELECT outcome, count(*) AS trials FROM ${name}_verify GROUP BY 1 ORDER BY 1"
done
retrial query --csv "SELECT name, call > 0 AS at_a_call, reports > 0 AS after_reports, stop IS NOT NULL AS stops, count(*) AS trials FROM heard JOIN study USING (study) GROUP BY 1, 2, 3, 4 ORDER BY 1"
echo "-- told nothing, they come to their ends"
retrial replay python -q -j 2 --told nothing --name free 2>log | head -n 1 || true
retrial query --csv "SELECT x, outcome FROM free ORDER BY x"
echo "-- a command that was told something, and comes out otherwise"
sed -i '/^trap/s/3}/7}/' train.sh
retrial replay command -q -j 2 --code current --name other >log 2>&1 || echo "exit $?"
retrial query --csv "SELECT origin_ordinal, verdict, reason FROM replays WHERE replay = 'other' ORDER BY 1"
echo "-- checked out"
retrial checkout command.2 alone 2>>log
(cd / && env -i PATH=/usr/bin:/bin "$here/alone/run.sh") 2>&1 | tail -n 1
cat alone/reports
cut -c 1-30 alone/answer
retrial checkout c.2 alone_c 2>>log
(cd / && env -i PATH=/usr/bin:/bin "$here/alone_c/run.sh" 2>&1 | tail -n 1) >c.json
python3 -c 'import json
print(json.load(open("alone_c/trial.json"))["result"] == json.load(open("c.json")))'
