# What is going on here.
. "$SOURCE/tests/cli/made.bash"
(cd / && retrial)
make_study
id=$(id_of kinds)
retrial | sed -E "s/$id/K3F9TZ/; s/  [^ ]+ [a-z]+ ago\$|  just now\$/  AGO/"
mkdir below && cd below
retrial | head -n 1
retrial --store /nowhere/.retrial || echo "exit $?"
