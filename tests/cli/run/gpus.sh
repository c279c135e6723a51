# Workers have GPUs to themselves: whole ones, parts and several, for entries of every kind; what an
# attempt had is recorded. None is taken for granted where there are none.
export RETRIAL_GPUS=0,1,2
unset CUDA_VISIBLE_DEVICES HIP_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES
cat >model.py <<'PYTHON'
import os, time
def seen(x):
    device = os.environ["CUDA_VISIBLE_DEVICES"]
    os.environ["CUDA_VISIBLE_DEVICES"] = "spoiled for the next trial"
    time.sleep(0.01)
    return {"y": x, "device": device, "hip": os.environ["HIP_VISIBLE_DEVICES"], "pid": os.getpid()}
PYTHON
cat >model.c <<'C'
#include <retrial.h>
#include <stdlib.h>
#include <unistd.h>
int seen(const struct retrial_trial *trial, struct retrial_result *result)
{
    usleep(10000);
    retrial_metric_int(result, "y", retrial_int(trial, "x", 0));
    retrial_metric_text(result, "device", getenv("CUDA_VISIBLE_DEVICES"));
    return 0;
}
C
gcc -shared -fPIC -I"$SOURCE/engine/public" -o model.so model.c
cat >model.sh <<'SH'
#!/bin/sh
sleep 0.01
echo "{\"y\": $1, \"device\": \"$CUDA_VISIBLE_DEVICES\"}"
SH
chmod +x model.sh
/usr/bin/python3 -m venv --without-pip --copies other

index() {
    sqlite3 -separator ' ' .retrial/index.sqlite "$1"
}
# The devices of workers, and whether all attempts saw those that are recorded of them.
run() { # name, entry, gpus, perhaps a line more
    printf 'name: %s\nentry: %s\nsweep: {x: 1:12:1}\neach: {gpus: %s}\n%s\n' \
        "$1" "$2" "$3" "${4-}" >"$1.yaml"
    retrial run "$1.yaml" -j 8 -q || return
    index "SELECT '$1:', group_concat(devices, ' ') FROM worker
        WHERE launch = (SELECT max(launch) FROM launch)"
    index "SELECT count(*), sum(v.device = a.devices)
        FROM \"$1\" AS v JOIN \"$1.attempts\" AS a USING (ordinal)"
}
run whole model.py:seen 1
run half model.py:seen 0.5
run two model.py:seen 2
run guest model.py:seen 1 'python: other/bin/python3'
run fresh model.py:seen 1 'isolation: fresh'
run command '{command: [./model.sh, "{x}"]}' 1
run native ./model.so:seen 1
echo "-- a worker keeps its device"
index 'SELECT max(n), min(same)
    FROM (SELECT count(DISTINCT device) AS n, min(hip = device) AS same FROM whole GROUP BY pid)'
retrial show whole.1 | grep -E '^ +devices' | sed 's/[0-9]$/N/'

echo "-- not enough"
told() {
    "$@" 2>told || echo "exit $?"
    sed "s/ $(uname -n) / HOST /" told
}
told run four model.py:seen 4
RETRIAL_GPUS= told retrial run whole.yaml -S x=99 -q
index 'SELECT count(*) FROM "four.attempts"'

echo "-- none asked for: told once, and left alone"
echo 'echo ${CUDA_VISIBLE_DEVICES-unset}' >unset.sh
printf 'entry: {command: [sh, unset.sh]}\nname: none\n' >none.yaml
mkdir -p root/proc/driver/nvidia/gpus/0000:07:00.0
unset RETRIAL_GPUS
RETRIAL_HOST_ROOT=$PWD/root told retrial run none.yaml -q
retrial log none.1 2>&1 | grep unset
