# A writer that was killed leaves its lock; its host, which has another name now, takes it over.
[ "$(id -u)" = 0 ] || { echo "only root may name hosts"; exit 77; }
unshare --uts true 2> /dev/null || { echo "no host can be named here"; exit 77; }
printf 'import time\ndef train(x):\n    time.sleep(x > 2 and 60)\n    return x\n' > slow.py
unshare --uts bash -c 'hostname before && exec retrial run -q -j 1 slow.py:train -S x=1,2,3' &
until [ "$(retrial query --csv "SELECT count(*) FROM slow WHERE outcome = 'ok'" 2> /dev/null | tail -n 1)" = 2 ]; do sleep 0.05; done
unshare --uts bash -c 'hostname after && exec retrial resume -q slow' 2>&1 | sed -E 's/process [0-9]+/process PID/' || true
kill -9 $!
wait $! 2> /dev/null || true
sed -i 's/x > 2 and 60/0/' slow.py
unshare --uts bash -c 'hostname after && exec retrial run -q -j 1 --code current slow.py:train -S x=1,2,3'
retrial query --csv "SELECT count(*) FROM slow WHERE outcome = 'ok'" | tail -n 1
