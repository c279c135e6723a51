# Editing the model while its study runs changes nothing.
. "$SOURCE/tests/cli/made.bash"
start_slow
sed -i 's/return i$/return -i/' slow.py
touch "$GO"
wait $run
retrial query 'SELECT i, value FROM slow ORDER BY i' --csv
