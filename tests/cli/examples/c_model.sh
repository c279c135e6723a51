# A C function in a shared library, made as its Makefile says.
cp "$SOURCE"/examples/c-model/{ising.c,ising.yaml,Makefile} .
make -s CFLAGS= CPPFLAGS= CC="gcc -I$SOURCE/engine/public"
retrial run ising.yaml
sqlite3 .retrial/index.sqlite '
    SELECT temperature, count(*), round(avg(magnetisation), 3) FROM ising GROUP BY temperature'
