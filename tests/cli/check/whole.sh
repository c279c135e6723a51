# A whole store, one that is damaged here and there, and what --repair makes of it. Nothing is
# changed by looking.
source "$SOURCE/tests/cli/made.bash"
make_study
retrial ls > /dev/null
sums() { find .retrial -type f -print0 | sort -z | xargs -0 sha256sum; }
before=$(sums)
retrial check | grep -c '^whole: [0-9]* events, 12 attempts, 2 objects, 1 code states$'
retrial check --json
[ "$(sums)" = "$before" ] && echo "nothing changed"

try() { # says what is wrong, and how it ended
    echo "== $1"
    # Leases are grouped as time has it.
    retrial "${@:2}" 2>&1 | sed -E 's/^whole: [0-9]+ events/whole: N events/; s/(cut short: 20000 bytes instead of) [0-9]+/\1 SIZE/' || echo "exit $?"
}
cp -r .retrial good
python3 - <<'PYTHON'
import sqlite3
with sqlite3.connect(".retrial/index.sqlite") as db:
    db.execute("UPDATE trial_row_1 SET outcome = NULL WHERE outcome = 'failed'")
PYTHON
try "an index that lies" check
try "made anew" check --repair
try "whole again" check
ls .retrial | grep damaged
renew() { rm -rf .retrial && cp -r good .retrial; }

renew
truncate -s 0 .retrial/index.sqlite
try "an empty index" check --json
renew
python3 -c 'import sqlite3; sqlite3.connect("x").execute("CREATE TABLE t (x)")'
mv x .retrial/index.sqlite
try "somebody else's database" check
try "made anew, too" check --repair

renew
truncate -s 20000 .retrial/journal/data.mdb
try "a journal that is cut short" check
truncate -s 0 .retrial/journal/data.mdb
try "an empty journal" check --repair
renew
object=$(find .retrial/objects -type f | sort | head -n 1)
mv "$object" "$object.gone"
try "a missing object" check | sed -E 's/(study|trial) [0-9]+/\1 N/g'
renew
rm -rf .retrial/code.git
try "no code" check | sed -E 's/state [0-9a-f]{12}/state CODE/'
renew
sed -i 's/^retrial store 1/retrial store 2/' .retrial/format
try "a newer format" check
