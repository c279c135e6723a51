# The studies of a store, for people and for machines.
. "$SOURCE/tests/cli/made.bash"
make_study
make_noise
retrial ls | sed 's/^[a-z0-9]\{6\}/ID    /; s/--------*$/--------/; s/  [^ ]* *[a-z]* ago$\|  just now$/  AGO/'
retrial ls --csv | cut -d , -f 2-13
retrial ls --json | sed 's/"id": "[a-z0-9]*"/"id": ID/'
retrial ls --md | cut -d '|' -f 3-6
