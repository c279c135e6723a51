# A study is run and recorded whatever becomes of the standard streams, and no file of the store takes
# the place of one that is closed.
printf 'def train(x):\n    print("hello", x)\n    return x\n' > hello.py
without() { # what is done with the streams
    rm -rf .retrial
    eval "retrial run -q hello.py:train -S x=1:6:1 $1" && code=0 || code=$?
    echo "$1: exit $code," $(retrial query --csv "SELECT count(*), sum(value) FROM hello WHERE outcome = 'ok'" | tail -n 1)
    retrial check > checked
    [ "$(retrial log hello.3 2> /dev/null)" = "hello 3" ] && grep -q "^whole" checked || echo "not as it was recorded"
}
for streams in ">&-" "2>&-" "<&-" ">&- 2>&-" "<&- >&- 2>&-" ">/dev/full" "2>/dev/full" ">/dev/full 2>&1"; do
    without "$streams"
done
