# Whenever an export is killed, what looks like a store at the end is one: whole, or not there.
. "$SOURCE/tests/cli/made.bash"
make_study
retrial ls > /dev/null
for k in 1 2 3 4 5 6 7 8 9 10 11 12; do
    retrial export "copy$k" 2> /dev/null &
    sleep "0.0$((k * 3 / 10))$((k * 3 % 10))"
    kill -9 $! 2> /dev/null || true
    wait $! 2> /dev/null || true
    if [ -e "copy$k" ]; then
        retrial --store "copy$k" check > /dev/null || echo "copy$k is not whole"
    elif [ -e "copy$k/format" ]; then
        echo "half a store"
    fi
done
retrial export copy1 2> /dev/null || [ -e copy1 ]
retrial export again 2> /dev/null && retrial --store again check | grep -c ^whole
