# A store that was moved, is read by another user, or lies where nothing can be written.
printf 'def train(x):\n    return x\n' > plain.py
mkdir first
mv plain.py first
retrial run -q first/plain.py:train -S x=1,2,3
ask() { "$@" retrial --store "$store" query --csv 'SELECT count(*), sum(value) FROM plain' 2>&1 | tail -n 1; }
add() { "$@" retrial --store "$store" run -q first/plain.py:train -S x=1,2,3,4 2>&1 || echo "exit $?"; }

echo "-- moved, and by a link"
mv .retrial moved
ln -s $PWD/moved "$HOME/link"
store=moved add
store=$HOME/link ask

echo "-- every mode open: the folder keeps others out all the same"
(umask 000; retrial --store open run -q first/plain.py:train -S x=1)
stat -c %a open
find open ! -type l -perm /077

[ "$(id -u)" = 0 ] || { echo "only root can go on"; exit 77; }
other() { setpriv --reuid 1234 --regid 1234 --clear-groups "$@"; }
chmod 755 . .. "$HOME"
echo "-- of another user"
store=moved
for command in ls "query --list" status check; do
    other retrial --store moved $command > said 2>&1 && code=0 || code=$?
    echo "$command: exit $code: $(tail -n 1 said)"
done
chmod -R a+rX moved
ask other
store=$PWD/moved add other

echo "-- on a file system that is read-only"
unshare --mount true 2> /dev/null || { echo "nothing can be mounted here"; exit 77; }
read_only() { unshare --mount bash -c 'mount --bind moved moved && mount -o remount,bind,ro moved && exec "$@"' - "$@"; }
ask read_only
add read_only
retrial --store moved query --csv 'SELECT count(*) FROM plain' | tail -n 1
