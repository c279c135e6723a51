# An index that cannot follow is behind, and how far is told until it is level again.
cat > slow.py <<PYTHON
import os
import time


def train(i):
    while not os.path.exists(f"$PWD/go{i}"):
        time.sleep(0.02)
    return i
PYTHON
behind() { kill -0 $run && retrial status | grep behind; }
retrial run -q -j 1 slow.py:train -S i=1,2,3 2> log &
run=$!
touch go1
until retrial status 2> /dev/null | grep '1 of 3' > /dev/null; do kill -0 $run; sleep 0.05; done
mkfifo hold
sqlite3 -cmd '.timeout 10000' .retrial/index.sqlite < hold > /dev/null 2>&1 &
exec 7> hold
echo 'BEGIN IMMEDIATE; DELETE FROM axis_check;' >&7
until ! sqlite3 -cmd '.timeout 1' .retrial/index.sqlite 'BEGIN IMMEDIATE' 2> /dev/null; do sleep 0.05; done
touch go2
until behind > told; do sleep 0.1; done
sed -E 's/is .* behind/is N behind/' told
exec 7>&-
while behind > told; do sleep 0.1; done
touch go3
wait $run && echo "level, and done"
