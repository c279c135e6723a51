# An index that is missing or behind is made level by whoever asks, if nobody writes.
. "$SOURCE/tests/cli/made.bash"
make_noise
cp -r .retrial early
sed -i 's/replicates: 2/replicates: 4/' noise.yaml
retrial run noise.yaml -j 1 2> "$HOME/log"
retrial ls --csv | cut -d , -f 2-4
cp early/index.sqlite .retrial/index.sqlite
retrial ls noise --csv | wc -l
rm .retrial/index.sqlite
retrial query "SELECT count(*) AS n FROM noise"
