# A store of somebody else, two studies of one name, an MPI whose module is not there.
echo 'def train(lr): return {"loss": lr}
def test(lr): return {"loss": -lr}' > m.py
mkdir one two open
for folder in one two; do
    cp m.py $folder
    printf 'name: s\nentry: m.py:train\nsweep: {lr: [1, 2]}\n' > $folder/s.yaml
done
wrong() { "$@" 2>&1 && echo "was taken: $*" || echo "exit $?"; }
retrial run m.py:train -S lr=1,2 -q
retrial run one/s.yaml -q

echo "-- two studies of one name"
wrong retrial run m.py:test -S lr=1,2
wrong retrial run one/m.py:train -S lr=1,2
(cd one && wrong retrial run m.py:train -S lr=3)
wrong retrial run two/s.yaml
retrial run two/s.yaml --code current -q
retrial run m.py:test -S lr=1,2 --name test -q
mv two three
retrial run three/s.yaml -q
sed -i s/1,/0,/ three/s.yaml
retrial run three/s.yaml -q
retrial query --csv 'SELECT name, revision FROM study ORDER BY study'

echo "-- an MPI without its module"
wrong env RETRIAL_MODULES=nowhere OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=0 retrial run one/s.yaml
wrong env RETRIAL_MODULES=nowhere PMI_SIZE=2 PMI_RANK=0 retrial run one/s.yaml
wrong env RETRIAL_COMM=mpich2 retrial run one/s.yaml

echo "-- no permission"
chmod 755 .. .
other=
if [ "$(id -u)" = 0 ]; then
    other="setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=$PWD/open"
    chmod 777 open
fi
without_uid() { sed -E 's/user [0-9]+/user UID/'; }
chmod 000 .retrial
wrong $other retrial ls | without_uid
wrong $other retrial run one/s.yaml | without_uid
chmod 700 .retrial
chmod 555 one
wrong $other retrial run one/m.py:train -S lr=1 --store one/new
mkdir empty
wrong $other retrial ls --store empty
