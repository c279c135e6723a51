# Nothing runs: what is not finished is named.
. "$SOURCE/tests/cli/made.bash"
make_noise
retrial status
retrial status --json | sed 's/"id": "[a-z0-9]*"/"id": ID/'
cd / && retrial status || echo "exit $?"
