# The story of examples/drift: a key that the model reads no more, under update(), found by replay
# and bisect.
"$SOURCE/examples/drift/history" story
cd story
git checkout -q v1
retrial run drift.yaml -q -j 2
retrial query "SELECT gaussian_noise, avg(val_acc) AS acc FROM drift GROUP BY 1" --csv
git checkout -q main
retrial bisect drift --good v1 --bad v2 -j 2 2> "$HOME/log"
grep -c "gaussian_noise.* makes no difference" "$HOME/log"
grep -v warning "$HOME/log"
git status --short | grep -v retrial || true
