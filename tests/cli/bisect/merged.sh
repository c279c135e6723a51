# Along first parents a merge is one change; other roots stay as they were; the first root that
# differs can be named; and code that is alike is run once.
mkdir model lib
(cd lib && git init -q -b main . && echo 'SHIFT = 0' > shift.py && git add -A &&
 git -c user.name=t -c user.email=t@example.org commit -qm lib)
cd model
git init -q -b main .
printf '.retrial\n' > .gitignore
git config user.name t && git config user.email t@example.org
cat > model.py <<'PYTHON'
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
import shift


def train(x):
    return {"y": x + shift.SHIFT}
PYTHON
printf 'name: s\nentry: model.py:train\nsweep: {x: [1, 2]}\ncode: [., ../lib]\n' > s.yaml
git add -A && git commit -qm "the first"
git tag start
retrial run s.yaml -q -j 1 2> "$HOME/log" || cat "$HOME/log"
git checkout -q -b side
echo '# side' >> model.py && git commit -qam "on the side"
sed -i 's/x + /x - 1 + /' model.py && git commit -qam "the change, on the side"
git checkout -q main
git commit -q --allow-empty -m "nothing"
echo '{}' > notes.ipynb && git add -A && git commit -qm "a notebook, which is no code"
git merge -q --no-ff -m "merge of side" side
echo '# later' >> model.py && git commit -qam "later"
retrial bisect s --good start --bad main -j 1 2>&1 | sed -E 's/[0-9a-f]{12}/COMMIT/g'
echo "the other root:"
(cd ../lib && git tag start && echo '# c' >> shift.py && git -c user.name=t -c user.email=t@example.org commit -qam c &&
 echo 'SHIFT = 1' > shift.py && git -c user.name=t -c user.email=t@example.org commit -qam "shifted" && git tag end)
retrial bisect s.1 --root lib --good start --bad end -j 1 2>&1 | sed -E 's/[0-9a-f]{12}/COMMIT/g'
echo "mistakes:"
retrial bisect s 2>&1 || echo "exit $?"
retrial bisect s --good main --bad start 2>&1 || echo "exit $?"
retrial bisect s --good start --bad nothing 2>&1 || echo "exit $?"
retrial bisect s --good start --bad main --root none 2>&1 || echo "exit $?"
echo "what stands in the way:"
mkdir "$HOME/plain" && cd "$HOME/plain" && git init -q .
commit() { git add -A && git -c user.name=t -c user.email=t@example.org commit -qm "$1"; }
echo 'def f(x): return x' > model.py
echo 1 > "$HOME/read"
printf 'name: t\nentry: model.py:f\nsweep: {x: [1]}\ninputs: [%s]\n' "$HOME/read" > t.yaml
echo .retrial > .gitignore && commit first && git tag first
retrial run t.yaml -q -j 1
git mv model.py moved.py && commit "another file"
git mv moved.py model.py && echo 'def f(x): return x + 1' > model.py && commit "and another value"
for read in 1 2; do
    echo $read > "$HOME/read"
    retrial bisect t --good first --bad HEAD -j 1 2>&1 | sed -E 's/[0-9a-f]{12}/COMMIT/g' || echo "exit ${PIPESTATUS[0]}"
done
