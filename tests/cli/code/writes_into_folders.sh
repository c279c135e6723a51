# What a trial writes into a folder of the code is its own; what git ignores is the original.
git init -q .
mkdir -p out/deep data
echo kept > out/deep/kept.txt
echo 5 > data/five.txt
echo data/ > .gitignore
cat > model.py <<'PYTHON'
import os


def train(i):
    found = sum(len(files) for _, _, files in os.walk("out"))
    with open("out/x.txt", "w") as file:
        file.write(str(i))
    os.remove("out/deep/kept.txt")
    with open("out/deep/kept.txt", "w") as file:
        file.write("changed")
    os.makedirs("out/new/folder")
    with open("data/five.txt") as file:
        five = int(file.read())
    return {"found": found, "x": int(open("out/x.txt").read()), "five": five}
PYTHON
printf 'name: writes\nentry: model.py:train\nsweep: {i: "1:6:1"}\n' > writes.yaml
git add -A && git -c user.name=a -c user.email=a@b commit -qm first
retrial run writes.yaml -j 2 -q
retrial query 'SELECT i, x, found, five FROM writes ORDER BY i' --csv
find out -type f -exec grep -H . {} +
git status --short
find .retrial -name x.txt
