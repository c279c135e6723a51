# A launch stops by itself before its wall time, or the end of its Slurm job, and goes on when it is
# run again; SIGUSR1 asks for the same.
source "$SOURCE/tests/cli/made.bash"
said() { grep -v 'trials done' "$HOME/log"; }

start_slow # of its 6 trials, 3 are done and the others wait
kill -USR1 $run
sleep 0.5
kill -USR1 $run # a second time: the one that runs is not waited for
wait $run || echo "exit $?"
grep -o '[0-9] of 6 trials done' "$HOME/log"

retrial resume slow -j 1 --grace 1 --walltime 1s --margin 500ms 2> "$HOME/log" || echo "exit $?"
said
SLURM_JOB_END_TIME=$(($(date +%s) + 2)) retrial resume slow -j 1 --grace 1 2> "$HOME/log" || echo "exit $?"
said
touch go
SLURM_JOB_END_TIME=soon retrial resume slow -j 1 --walltime 2h 2> "$HOME/log"
grep -o '[0-9] of 6 trials done' "$HOME/log"
for options in "--walltime 2x" "--margin 5s" "--walltime 1min --margin 2min"; do
    retrial resume slow $options || echo "exit $?"
done 2>&1
