# However a command ends and whatever it leaves as its result, it is one attempt with an outcome and a
# reason, and the study goes on.
cat >work.sh <<'COMMAND'
#!/bin/bash
case $1 in
both) echo '{"loss": 1}' >"$RETRIAL_RESULT"; echo '{"loss": 666}' ;;
two) echo '{"loss": 666}'; echo '{"loss": 2}' ;;
params) python3 -c 'import json, os; print(json.dumps({"loss": json.load(open(os.environ["RETRIAL_PARAMS"]))["scale"]}))' ;;
text) echo done ;;
half) printf '{"loss": 0.' >"$RETRIAL_RESULT" ;;
list) echo '[1, 2]' >"$RETRIAL_RESULT" ;;
empty) : >"$RETRIAL_RESULT" ;;
folder) mkdir "$RETRIAL_RESULT" ;;
after) echo '{"loss": 3}' ;;
exit) echo '{"loss": 666}'; echo 'out of luck' >&2; exit 3 ;;
bytes) printf 'no \377\376 luck\n' >&2; exit 1 ;;
segv) kill -SEGV $$ ;;
kill) kill -KILL $$ ;;
hang) sleep 600 ;;
leave) setsid bash -c 'trap "" TERM; echo $$ >"$LEFT"; sleep 600' & until [ -s "$LEFT" ]; do sleep 0.01; done; echo 4 ;;
flood) head -c 64000000 /dev/zero; echo; echo 5 ;;
esac
COMMAND
chmod +x work.sh
export LEFT=$PWD/left
cat >work.yaml <<'YAML'
name: work
entry: {command: [./work.sh, "{kind}"]}
params: {scale: 2.5}
sweep:
  kind: [both, two, params, text, half, list, empty, folder, after, exit, bytes, segv, kill, hang, leave,
         flood]
limits: {timeout: 4s, output: 1KiB}
objective: {minimize: loss}
YAML
retrial run -j 1 -q work.yaml 2>err || echo "exit $?"
tail -n 1 err
! kill -0 "$(cat left)" 2>err || echo "what was left is still there"
retrial query --csv 'SELECT kind, outcome, loss, reason FROM work ORDER BY ordinal' |
    sed -E 's/after [0-9.]+ s/after TIME/; s,/[^ ]*/result.json,RESULT,g'

# Results that a command was to leave elsewhere.
cat >leave.sh <<'COMMAND'
#!/bin/sh
printf "$1" >result.txt
cat result.txt
COMMAND
chmod +x leave.sh
study() {
    printf 'name: %s\nentry: {command: [./leave.sh, "{text}"], result: %s}\nsweep: {text: %s}\n' "$@" >"$1.yaml"
    retrial run -j 1 -q "$1.yaml" 2>err || { echo "exit $?"; tail -n 1 err; }
    retrial query --csv "SELECT ordinal, outcome, loss, reason FROM $1 ORDER BY ordinal"
}
study csv '{csv: result.txt}' '["loss\n0.5\n", "0.5\n", "loss\n", "", "loss,acc\n1\n", "loss\n1,2\n", "loss\n\"1\n"]'
study file '{file: result.txt}' '["{\"loss\": 0.5}", "[1]", "{\"loss\": 0.", "", "{\"loss\": NaN}", "7"]'
study regex '{regex: {loss: "loss=([0-9.]+)"}}' '["loss=1 loss=2\n", "nothing of the kind\n", ""]'
