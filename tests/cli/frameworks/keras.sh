# examples/keras with TensorFlow from PyPI, in an interpreter of another build: RETRIAL_TEST_KERAS names
# one that has it.
python=${RETRIAL_TEST_KERAS:-}
[ -n "$python" ] || { echo "skipped: RETRIAL_TEST_KERAS names no interpreter that has keras"; exit 77; }
"$python" -c 'import keras' 2>"$HOME/why" ||
    { echo "skipped: $python has no keras ($(tail -n 1 "$HOME/why"))"; exit 77; }
cp "$SOURCE"/examples/keras/* .
echo "python: $python" >>keras.yaml
(cat keras.yaml; echo "isolation: fresh") >fresh.yaml
ask() {
    sqlite3 "$1/index.sqlite" "SELECT lr, hidden, replicate, outcome, val_loss, val_acc FROM keras ORDER BY ordinal"
}
retrial run --store warm -j 2 -q -S epochs=3 keras.yaml
retrial run --store fresh -j 2 -q -S epochs=3 fresh.yaml
cmp <(ask warm) <(ask fresh)
sqlite3 warm/index.sqlite "SELECT outcome, count(*), count(DISTINCT val_loss) FROM keras GROUP BY 1"
sqlite3 fresh/index.sqlite 'SELECT max(position), count(DISTINCT pid) FROM "keras.attempts"'
