# The named query of the README: what was asked for, what it came to, n of N, mean and interval.
. "$SOURCE/tests/cli/made.bash"
make_noise
retrial query noise --study noise
retrial query noise --study noise --csv
retrial query noise --study noise --json
retrial query noise --study "$(id_of noise)" --md --metric realised_noise --by replicate
