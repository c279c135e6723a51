# Repositories in every state give trials the code as it is on disk, and stay as they are.
export GIT_CONFIG_GLOBAL=$HOME/gitconfig
git config --global user.name a
git config --global user.email a@b
git config --global init.defaultBranch main
git config --global protocol.file.allow always
git config --global advice.detachedHead false
git config --global safe.directory '*'
model() { # the expression that is the result
    printf 'def train(i):\n    return %s\n' "$1" > model.py
}
fingerprint() {
    for file in .git/index .git/HEAD .git/refs/stash; do
        [ ! -f "$file" ] || sha256sum "$file"
    done
}
run() { # what it is; in its folder
    store=$HOME/stores/$1
    before=$(fingerprint)
    printf 'name: s\nentry: model.py:train\nsweep: {i: [1]}\n%s\n' "${more:-}" > s.yaml
    retrial run s.yaml -q --store "$store" 2>&1
    [ "$before" = "$(fingerprint)" ] || echo "index, HEAD or stash changed"
    echo "$1: $(retrial query 'SELECT value FROM s' --csv --store "$store" | tail -1)"
    retrial query --csv --store "$store" "SELECT root, \"commit\" IS NOT NULL AS has_commit, branch,
        dirty, reason, record ->> '$.linked' AS linked FROM code_root" | tail -n +2
}
mkdir "$HOME/stores"

mkdir plain && cd plain
model 1
run none
cd .. && mkdir repo && cd repo
git init -q .
model 2
run no_commit
git add -A && git commit -qm first
run clean
model 3
git stash -q
model '4 + __import__("untracked").V'
echo 'V = 10' > untracked.py
run dirty
git add -A && git commit -qm second
git checkout -q --detach HEAD~1
run detached
git checkout -q main

git clone -q --depth 1 "file://$PWD" ../shallow
cd ../shallow
run shallow

cd .. && mkdir outer && cd outer
git init -q .
git submodule --quiet add "file://${PWD%/outer}/repo" sub
model '__import__("sub.untracked").untracked.V + 10'
run submodule

cd .. && mkdir -p two/a two/b && cd two/a
echo 'V = 50' > ../b/other.py
model '__import__("other").V'
sed -i '1i import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "b"))' model.py
more='code: [., ../b]' run two_roots

cd ../.. && mkdir data && cd data
git init -q .
mkdir ignored
echo 60 > ignored/x
echo ignored/ > .gitignore
truncate -s 1G large.bin
model 'int(open("ignored/x").read()) + (__import__("os").path.getsize("large.bin") == 1 << 30)'
run data
retrial show s --store "$HOME/stores/data" | grep linked
[ "$(du -sm "$HOME/stores/data" | cut -f 1)" -lt 100 ] || echo "the large file is in the store"

if [ "$(id -u)" = 0 ]; then # others cannot give files away
    git config --global --unset safe.directory
    chown -R 12345 ../repo
fi
cd ../repo
run of_another_user
