# What the README shows works word for word: the study of ./setup demo, and the first questions.
mkdir examples
cp -r "$SOURCE/examples/noise" examples
retrial run examples/noise/noise.yaml
sed -n '/^## First questions/,/^\[docs/p' "$SOURCE/README.md" > page
awk '/^```/ { inside = !inside; if (inside) print "cd " here; next } inside' here="$PWD" page > questions
[ "$(grep -c '^\(retrial\|sqlite3\)' questions)" -ge 7 ]
bash -eu questions > answers
tail -n 11 answers | cut -d '|' -f 1
