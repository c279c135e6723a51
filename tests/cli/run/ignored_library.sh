# A library that git ignores is code all the same: built anew, it is run anew.
git init -q .
echo '*.so' > .gitignore
model() {
    printf '#include <retrial.h>\nint f(const struct retrial_trial *t, struct retrial_result *r)\n' > model.c
    printf '{ (void)t; retrial_metric_int(r, "x", %s); return 0; }\n' "$1" >> model.c
    gcc -shared -fPIC -I"$SOURCE/engine/public" -o libmodel.so model.c
}
echo 'entry: ./libmodel.so:f' > lib.yaml
model 1
retrial run lib.yaml -q
retrial run lib.yaml -q
model 2
retrial run lib.yaml -q
retrial query 'SELECT x FROM lib' --csv
