# An algorithm for EQ/R, with a model in C.
Rscript -e 'quit()' 2>/dev/null || { echo "r-base-core is not installed"; exit 77; }
mkdir -p examples engine
cp -r "$SOURCE/examples/closed-form" examples
ln -s "$SOURCE/engine/public" engine/public
cd examples/closed-form
minimum=$(python3 model.py | cut -d ' ' -f 1)
bash -c "$(sed -n 's/^ \*  *\(cc .*\)/\1/p' model.c)"
retrial run -q -j 2 r.yaml
sqlite3 .retrial/index.sqlite "SELECT count(*) > 20, min(y) - $minimum BETWEEN -1e-5 AND 0.001 FROM r"
