# examples/torch, warm and with a fresh process for each trial: the same results to the last bit, and
# torch is imported once for all of them.
/usr/bin/python3 -c 'import torch' 2>"$HOME/why" ||
    { echo "skipped: /usr/bin/python3 has no torch ($(tail -n 1 "$HOME/why")); Debian: python3-torch"; exit 77; }
cp "$SOURCE"/examples/torch/* .
(cat torch.yaml; echo "isolation: fresh") >fresh.yaml
ask() {
    sqlite3 "$1/index.sqlite" "SELECT lr, hidden, replicate, outcome, val_loss, val_acc FROM torch ORDER BY ordinal"
}
retrial run --store warm -j 2 -q -S epochs=10 torch.yaml
retrial run --store again -j 1 -q -S epochs=10 torch.yaml
retrial run --store fresh -j 2 -q -S epochs=10 fresh.yaml
cmp <(ask warm) <(ask again)
cmp <(ask warm) <(ask fresh)
sqlite3 warm/index.sqlite "SELECT outcome, count(*), count(DISTINCT val_loss), min(val_acc) > 0.6 FROM torch GROUP BY 1"
sqlite3 fresh/index.sqlite 'SELECT max(position), count(DISTINCT pid) FROM "torch.attempts"'
