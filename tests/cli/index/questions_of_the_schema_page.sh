# The plain sqlite3 asks every question of docs/schema.md.
cat >noise.py <<'EOF'
def train(params):
    noise = params["label_noise"]
    if noise == 0.5:
        raise ValueError("too noisy")
    return {"val_acc": 1 - noise + params["seed_shift"] * 0.25}
EOF
cat >noise.yaml <<'EOF'
name: noise
entry: noise.py:train
params: {seed_shift: 0}
sweep:
  label_noise: {from: 0, to: 0.5, step: 0.25}
replicates: 2
objective: {maximize: val_acc}
limits: {retries: 1}
EOF
retrial run noise.yaml -j 1 >/dev/null 2>&1 || test $? = 1
sqlite3 -header .retrial/index.sqlite \
    'SELECT label_noise, avg(val_acc) FROM "noise" GROUP BY label_noise'
awk '/^```sql/ { inside = 1; n++; next } /^```/ { inside = 0 } inside { print > ("q" n ".sql") }' \
    "$SOURCE/docs/schema.md"
for question in q*.sql; do
    echo "-- $question"
    sqlite3 -header .retrial/index.sqlite <"$question" | sed "s/$(hostname)/HOST/"
done
