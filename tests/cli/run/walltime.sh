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
mkdir slurm
cat > slurm/squeue << 'SH'
#!/bin/sh
[ "$*" = "--noheader --jobs $ASKED --format %L" ] || exit 1
printf "$LEFT"
SH
chmod +x slurm/squeue
in_job() { # what squeue says is left
    env PATH="$PWD/slurm:$PATH" SLURM_JOB_ID=4711 LEFT="$1" "${@:2}"
}
echo "-- a job that does not know its end asks for it"
in_job '0:02\n' env ASKED=4711 retrial resume slow -j 1 --grace 1 2> "$HOME/log" || echo "exit $?"
said
for left in '' 'INVALID\n' '1:60\n' '2\n' '1-2:03\n' '1-24:00:00\n'; do
    in_job "$left" env ASKED=4711 retrial run -q -j 1 --name quick -S x=1 -- true
done 2>&1
in_job '' env ASKED=another retrial run -q -j 1 --name quick -S x=1 -- true 2>&1
SLURM_JOB_ID=4711 PATH=$(dirname "$(command -v retrial)"):/bin retrial run -q -j 1 --name quick -S x=1 -- true 2>&1 |
    sed 's/"squeue" ended.*/.../'
touch go
in_job 'UNLIMITED\n26:00:00\n' env ASKED=4700_2 SLURM_ARRAY_JOB_ID=4700 SLURM_ARRAY_TASK_ID=2 \
    retrial resume slow -j 1 --margin 27h --grace 1 2> "$HOME/log" || echo "exit $?"
said
SLURM_JOB_END_TIME=soon retrial resume slow -j 1 --walltime 2h 2> "$HOME/log"
grep -o '[0-9] of 6 trials done' "$HOME/log"
for options in "--walltime 2x" "--margin 5s" "--walltime 1min --margin 2min"; do
    retrial resume slow $options || echo "exit $?"
done 2>&1
