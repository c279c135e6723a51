# Parts of two stores, mixed; and a store that somebody writes to.
source "$SOURCE/tests/cli/made.bash"
make_noise
mv .retrial one
make_noise
retrial ls > /dev/null
mv .retrial two
for part in format index.sqlite journal; do
    rm -rf .retrial && cp -r one .retrial
    rm -rf .retrial/$part* && cp -r two/$part* .retrial/
    echo "== another store's $part"
    retrial check 2>&1 || echo "exit $?"
    retrial ls noise --csv > shown 2>&1 && grep -c ,ok, shown || echo "refused"
done
rm -rf .retrial
start_slow
sleep 0.5
echo "== a store that is written to"
retrial check | grep -c "^whole: [0-9]* events, 3 attempts, 0 objects, 1 code states"
retrial check --repair 2>&1 | sed -E 's/process [0-9]+ on "[^"]*"/process P on "HOST"/' || true
touch go
wait $run
retrial check | grep -c "^whole: [0-9]* events, 6 attempts, 0 objects, 1 code states$"
