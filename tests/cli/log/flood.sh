# Of much output the first and the last bytes are kept.
. "$SOURCE/tests/cli/made.bash"
make_study
retrial log kinds.4 --stream stdout | wc -c
retrial log kinds.4 --json | sed 's/y\{100,\}/.../'
