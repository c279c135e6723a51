# A copy takes along what is in inputs, by hash: from it alone a trial can be had as it was.
mkdir -p work/data/deep work/code && cd work
cat > code/model.py <<'PYTHON'
def train(x):
    return x + float(open("data/deep/b").read()) + float(open("one").read())
PYTHON
echo 0.25 > data/deep/b
echo 0.25 > data/same
ln -s nowhere data/link
echo 1 > code/one
mv data code/data
for study in s t; do
    printf 'name: %s\nentry: model.py:train\nsweep: {x: [1, 2]}\ninputs: [data, one]\ncode: {ignore: [data, one]}\n' \
        $study > code/$study.yaml
done
(cd code && retrial run s.yaml -q -j 1 && echo 2 > one && retrial run t.yaml -q -j 1)
cd code
tell() { "$@" 2>&1 | sed -E "s/^[0-9]+ events/N events/" || echo "exit $?"; }
tell retrial export s ../early --with-inputs # s's "one" is gone
echo 1 > one
tell retrial export s ../copy --with-inputs
tell retrial export ../all --with-inputs
tell retrial export s ../none
tell retrial export nothing ../none --with-inputs
cd ../..
echo "a copy of the copy, with the originals gone:"
mv work gone
tell retrial --store gone/copy export again
find again/objects -type f | wc -l
tell retrial --store again check | sed -E 's/[0-9]+ (events|attempts)/N \1/g'
tell retrial --store again checkout s.2 out
out/run.sh
find out/code -printf '%P %l\n' | sort | sed "s|$PWD|HERE|"
echo "one byte is another:"
object=again/objects/$(sha256sum gone/code/data/deep/b | sed -E 's|^(..)([0-9a-f]+).*|\1/\2|')
chmod u+w "$object" && echo 0.75 > "$object"
tell retrial --store again checkout s.2 bad
ls bad/code/code
