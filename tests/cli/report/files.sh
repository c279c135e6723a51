# Files of ours beside a command cannot be made: that is no fault of its trial. One that could not be
# told its new parameters fails, for nobody knows what it gave numbers for.
cat >s.yaml <<'YAML'
name: s
entry: {command: [sh, -c, 'rm -f "$RETRIAL_ANSWER"; mkdir -p "$RETRIAL_ANSWER/in-the-way"; echo loss={x}']}
sweep: {x: [1, 2, 3]}
YAML
for _ in 1 2 3; do
    retrial run -q -j 1 s.yaml 2>log && echo "complete" || echo "exit $?"
    sed -E 's|"/.*/worker-0/|"SCRATCH/|' log
done
retrial query --csv 'SELECT x, a.attempt, a.outcome FROM "s.attempts" a JOIN s USING (ordinal) ORDER BY 1, 2'
echo "-- new parameters"
cat >hpo.py <<'PYTHON'
from retrial import drive

study = drive.connect()
study.on_report(lambda report: study.set_params(report, {"rate": 0.25}))
for done in study.run([{"x": 1}]):
    print(done.outcome)
PYTHON
cat >train.sh <<'SH'
mkdir -p "$RETRIAL_ANSWER.new"
echo "step=1 loss=1" >"$RETRIAL_REPORT"
sleep 60
SH
cat >d.yaml <<'YAML'
name: d
entry: {command: [sh, train.sh, "{x}"]}
driver: hpo.py
objective: {minimize: loss}
YAML
retrial run -q -j 1 d.yaml 2>log || echo "exit $?"
retrial query --csv "SELECT outcome, reason FROM d" | sed -E 's|""/.*/worker-0/|""SCRATCH/|'
