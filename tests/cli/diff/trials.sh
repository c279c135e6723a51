# Two trials, side by side: what differs, with code as a patch, and the rest by name.
. "$SOURCE/tests/cli/made_pair.bash"
make_pair
steady() { # times vary, and with them the widths of columns
    grep -v '^times ' | sed -E -e '1,/^$/ s/ +/ /g' -e '1,/^$/ s/--+/--/g' -e 's/^index .*/index/'
}
retrial diff before.1 before.2 | steady
echo
retrial diff before.1 after.2 | steady
echo
retrial diff before.1 after.2 --stat | sed -n '/^code/,$p'
echo
retrial diff before.3 before.3
retrial diff before.1 after.2 --json > diff.json
/usr/bin/python3 - <<'PYTHON'
import json
diff = json.load(open("diff.json"))
print({row["name"]: (row["a"], row["b"]) for row in diff["params"]})
print([(file["change"], file["path"], file["added"], file["removed"]) for file in diff["code"]["files"]])
assert "+    return {" in diff["code"]["patch"]
acc = next(row for row in diff["metrics"] if row["name"] == "acc")
assert acc["difference"] == acc["b"] - acc["a"]
assert {"started", "seconds"} <= {row["name"] for row in diff["times"]}
PYTHON
for wrong in "before before.1" "before.1 before.99" "before.1 nothing.1" "before.1"; do
    retrial diff $wrong || echo "exit $?"
done
