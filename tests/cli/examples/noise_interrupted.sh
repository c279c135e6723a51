# The demo, interrupted twice and resumed, prints the table of one that was not.
cp -r "$SOURCE/examples/noise" whole
cp -r "$SOURCE/examples/noise" parts
rm -rf whole/.retrial parts/.retrial
smaller="-S epochs=10 -S label_noise=0,0.25,0.5"
table() { retrial --store "$1/.retrial" query noise --study noise --md; }

trials_done() { retrial --store parts/.retrial query --csv 'SELECT count(*) FROM noise' 2>/dev/null | tail -n 1; }
interrupt() { # how, after how many trials
    retrial run -q $smaller parts/noise.yaml 2>/dev/null &
    until [ "$(trials_done || true)" -ge "$2" ] 2>/dev/null; do sleep 0.05; done
    kill -"$1" $!
    wait $! && echo "ended by itself" || echo "interrupted by $1: exit $?"
}

retrial run -q $smaller whole/noise.yaml
interrupt INT 5
interrupt KILL 20
retrial run -q $smaller parts/noise.yaml
table whole >expected
table parts >got
cut -d'|' -f2-4 got
diff expected got && echo "the same table"
retrial --store parts/.retrial query --csv "SELECT count(*), count(DISTINCT ordinal) FROM noise WHERE outcome = 'ok'" | tail -n 1
