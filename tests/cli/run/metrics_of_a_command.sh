# A command that knows nothing of Retrial: its metrics come from a file, a CSV, or what it prints.
cat >train.sh <<'SH'
#!/bin/sh
echo "epoch 1: loss=0.9 acc=0.5"
echo "epoch 2: loss=nan acc=$1"
printf 'epoch,"val, loss",note\r\n1,0.75,start\r\n2,%s,"he said ""done"""\r\n\n' "$1" >history.csv
printf '{"acc": %s, "path": {"depth": 2}}' "$1" >metrics.json
[ "$1" != 0.3 ] || rm history.csv
SH
chmod +x train.sh
study() { printf 'name: %s\nentry: {command: [./train.sh, "{acc}"], result: %s}\nsweep: {acc: [0.25, 0.3]}\n' \
    "$1" "$2" >"$1.yaml"; }
study csv '{csv: history.csv}'
study file '{file: metrics.json}'
study regex '{regex: {loss: "loss=([^ ]+)", accuracy: "acc=[0-9.]+$"}}'
study wrong '{regex: {loss: "("}}'
study both '{csv: a, file: b}'
for name in csv file regex wrong both; do
    retrial run -q $name.yaml 2>err || { echo "exit $?"; grep '^retrial run' err || true; }
done
retrial query --csv 'SELECT ordinal, outcome, epoch, "val, loss", note, reason FROM csv'
retrial query --csv 'SELECT ordinal, outcome, "metric.acc", "path.depth" FROM file'
retrial query --csv 'SELECT ordinal, outcome, loss, "loss.state", accuracy FROM regex'
