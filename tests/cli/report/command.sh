# A command reports by lines; one that is to stop gets SIGTERM with all that it has started, may look at
# the answer and leave a result, and is killed if it does not end.
export SECONDS_HERE=60.$$ # of this run alone
cat >train.sh <<'SH'
echo "step=1 loss=$1" >"$RETRIAL_REPORT"
if [ "$1" = 30 ]; then
    trap 'cat "$RETRIAL_ANSWER"; echo "{\"loss\": 29}" >"$RETRIAL_RESULT"; exit 0' TERM
    sleep "$SECONDS_HERE" & wait
elif [ "$1" = 40 ]; then
    sleep "$SECONDS_HERE"
fi
echo "no report" >"$RETRIAL_REPORT"
echo '{"step": 2, "loss": 0.5, "acc": {"$float": "nan"}}' >"$RETRIAL_REPORT"
test -s "$RETRIAL_ANSWER" || echo "nothing to say"
echo "{\"loss\": $1}" >"$RETRIAL_RESULT"
SH
cat >study.yaml <<'YAML'
name: work
entry: {command: [bash, train.sh, "{x}"]}
sweep: {x: [1, 30, 40]}
objective: {minimize: loss}
pruning: {rule: threshold, upper: 20}
YAML
retrial run -q study.yaml
retrial query --csv 'SELECT x, outcome, loss, reason FROM work'
retrial query --csv 'SELECT trial, step, metric, value, state FROM "work.steps" ORDER BY ordinal, number'
retrial log work.1 2>/dev/null
retrial log work.2 --stream stdout 2>/dev/null
retrial show work.3 | sed -n -e '/^told/,/^  time/p' -e '/^  reason/p'
for _ in $(seq 100); do # what was killed goes in a moment
    pgrep -f "sleep $SECONDS_HERE" >left || break
    sleep 0.1
done
pgrep -f "sleep $SECONDS_HERE" || echo "nothing is left"
