# A conductor dies between publications, and its node does not: nothing is lost there. Meanwhile the
# hot store answers on that host, the home on others.
. "$SOURCE/tests/cli/home.bash"
need_mounts
make_slow data
tell() { "$@" 2>&1 | plain || echo "exit $?"; }
done_by() { "$@" retrial ls --csv | cut -d, -f 2-4 | tail -n 1; }

start here a retrial run slow.yaml -j 1 --quiet --publish 1h
until_says '3 of 6' here retrial status
echo "== one host knows more than the other"
tell here retrial status | grep -v -E '^  |warning'
done_by here
done_by there
here retrial stop 2>&1 | cut -d ' ' -f 1-3
touch "$GO"
wait $run || echo "exit $?"
done_by here
done_by there

echo "== killed"
start here a retrial resume slow -j 1 --quiet --publish 1h
wait $run
sed -i 's/1:6:1/1:9:1/' data/slow.yaml
rm "$GO"
start here a retrial run slow.yaml -j 2 --quiet --publish 1h
until_says 'of 9' there retrial status
until_says '[23] running' here retrial status
kill_it
done_by here
tell here retrial status | tail -n 1 | cut -d ' ' -f 1-9
echo "== and the host gets another name"
done_by renamed
touch "$GO"
tell renamed retrial resume slow -j 1
done_by there
tell there retrial check | sed -E 's/[0-9]+ (events|attempts)/N \1/g'

echo "== one of several gets it"
sed -i 's/1:9:1/1:10:1/' data/slow.yaml
rm "$GO"
for host in h1 h2 h3 h4; do
    (on $host a retrial run slow.yaml -j 1 --quiet) 2> "$HOME/$host" &
done
for ((k = 0; k < 400; k++)); do
    [ "$(cat "$HOME"/h[1-4] | grep -c -E 'taken by somebody|it lives|being taken')" -ge 3 ] && break
    sleep 0.05
done
touch "$GO"
wait
cat "$HOME"/h[1-4] | grep -c -E 'taken by somebody|it lives|being taken'
done_by there
done_by here
