# A C function in a shared library, made as its comment says.
mkdir -p examples engine
cp -r "$SOURCE/examples/c-model" examples
ln -s "$SOURCE/engine/public" engine/public
cd examples/c-model
rm -f libising.so
bash -c "$(sed -n 's/^ \*  *\(cc .*\)/\1/p' ising.c)"
retrial run ising.yaml
sqlite3 .retrial/index.sqlite '
    SELECT temperature, count(*), round(avg(magnetisation), 3) FROM ising GROUP BY temperature'
