# An index that is behind stays so while somebody writes; that is told.
. "$SOURCE/tests/cli/made.bash"
mkdir one other
cd one
make_noise
cp .retrial/index.sqlite early.sqlite
sed -i 's/replicates: 2/replicates: 4/' noise.yaml
retrial run noise.yaml -j 1 2> "$HOME/log"
cp early.sqlite .retrial/index.sqlite
cd ../other
start_slow
cp .retrial/lock ../one/.retrial/lock # a writer that lives
cd ../one
retrial ls noise --csv 2> err | wc -l
sed 's/[0-9]* events/N events/' err
retrial status | tail -n 2 | sed 's/process [0-9]* on .* for/process PID on HOST for/'
touch "$GO"
wait $run
retrial ls noise --csv | wc -l
