# On a terminal nothing that a trial wrote acts on it.
. "$SOURCE/tests/cli/made.bash"
make_study
script -qec 'retrial log kinds.2 --stream stderr 2> /dev/null' /dev/null | tr -d '\r' | cat -v
script -qec 'retrial log kinds.2 --stream reason 2> /dev/null' /dev/null | tr -d '\r' | tail -n 1 | cat -v
script -qec 'retrial query "SELECT char(27) || 1 AS x" --csv' /dev/null | tr -d '\r' | cat -v
