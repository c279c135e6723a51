# Standard output, then standard error, then the reason; raw where nobody reads on a terminal.
. "$SOURCE/tests/cli/made.bash"
make_study
retrial log kinds.1 | cat -v
retrial log kinds.2 --stream reason | sed 's|File ".*/model.py"|File "model.py"|' | cat -v
retrial log kinds.2 --stream stdout
retrial log kinds.2 --attempt 1 --stream stderr | cat -v
retrial log kinds.3 --stream reason
retrial log kinds.3 --attempt 3 || echo "exit $?"
retrial log kinds.3 --stream out || echo "exit $?"
