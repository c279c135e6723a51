# What is not there is told with what is.
. "$SOURCE/tests/cli/made.bash"
make_noise
for name in nose nose.1 noise.7 noise.0 '' .1 noise.x; do
    retrial show "$name" || echo "exit $?"
done
retrial log noise || echo "exit $?"
retrial show || echo "exit $?"
