# A revision that lacks the entry is said of each trial before, as the replay itself says it, whether
# the root is the repository or a folder of it.
git init -q -b main . && git config user.name A && git config user.email a@b
mkdir -p sub/models
printf '.retrial\n' >.gitignore
printf 'def train(x):\n    return x\n' >sub/models/old.py
git add -A && git commit -q -m one && git tag one
printf 'def train(x):\n    return 2 * x\n' >sub/models/new.py
printf 'def train(x):\n    return 3 * x\n' >top.py
git add -A && git commit -q -m two && git tag two
study() { # file, entry, more
    printf 'name: %s\nentry: %s\nsweep: {x: [1, 2]}\n%s\n' "$(basename "$1" .yaml)" "$2" "${3:-}" >"$1"
    retrial run --store .retrial "$1" -q
}
study sub/old.yaml models/old.py:train
study sub/new.yaml models/new.py:train
study top.yaml top.py:train
study system.yaml '{command: [echo, "{x}"]}'
list() { retrial replay "$@" --dry-run --csv 2>/dev/null | cut -d, -f4,6- || true; }
echo "-- before"
list old new top system --code one
list old new --code two
echo "-- what is no entry of that revision is skipped, and the rest goes on"
retrial replay old new --code one -q >out 2>err || echo "exit $?"
head -n 1 out
grep "cannot be replayed" err | sed -E 's/[0-9a-f]{12}$/CODE/'
retrial query --csv "SELECT origin, reason, count(*) FROM replays WHERE verdict IS NOT NULL GROUP BY 1, 2 ORDER BY 1" | sed -E 's/code [0-9a-f]{12}/code CODE/'
echo "-- none of them"
retrial replay new --code one --dry-run 2>&1 || echo "exit $?"
echo "-- the code as it is now"
rm sub/models/new.py
list old new --code current | sed -E 's|"/.*/sub|"sub|'
git for-each-ref refs | wc -l
