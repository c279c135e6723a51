# retrial query alone: a shell at a terminal, statements from standard input elsewhere.
. "$SOURCE/tests/cli/made.bash"
make_noise
python3 - <<'PYTHON'
import os
import pty
import select
import sys

PROMPT, MORE = b"retrial> ", b"    ...> "
ENDLESS = b"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;"
STEPS = [
    (PROMPT, b"SELECT noise, -- a comment; no end\n"),
    (MORE, b"count(*) FROM noise GROUP BY noise; SELECT\n"),
    (MORE, b"\x03"),
    (PROMPT, b"SELECT nois FROM noise; SELECT 2;\n"),
    (PROMPT, b"DELETE FROM study;\n"),
    (PROMPT, b".columns noise\n"),
    (PROMPT, b".noise noise --metric acc --csv\n"),
    (PROMPT, b".bets noise\n"),
    (PROMPT, b".best niose\n"),
    (PROMPT, b".best noise --limt 1\n"),
    (PROMPT, b".best noise two\n"),
    (PROMPT, b".columns\n"),
    (PROMPT, b".\n"),
    (PROMPT, b".help\n"),
    (PROMPT, ENDLESS + b"\n"),
    (ENDLESS + b"\r\n", None),
    (PROMPT, b"SELECT count(*) FROM noise;\n"),
    (PROMPT, b"SELECT 3\n"),
    (MORE, b"\x04"),
]


def read_until(terminal, mark):
    seen = b""
    while not seen.endswith(mark):
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the shell has left
            part = b""
        if not part:
            break
        seen += part
    return seen


def interrupt_child(shell, terminal):
    """Ctrl-C once the process that runs the statement is there and works."""
    path = f"/proc/{shell}/task/{shell}/children"
    while True:
        with open(path, encoding="ascii") as file:
            child = file.read().strip()
        if child:
            with open(f"/proc/{child}/stat", encoding="ascii") as file:
                if int(file.read().rsplit(")", 1)[1].split()[11]) > 5:
                    break
        select.select([], [], [], 0.02)
    os.write(terminal, b"\x03")


shell, terminal = pty.fork()
if shell == 0:
    os.execvp("retrial", ["retrial", "query"])
seen = b""
for mark, keys in STEPS:
    seen += read_until(terminal, mark)
    if keys is None:
        interrupt_child(shell, terminal)
    else:
        os.write(terminal, keys)
seen += read_until(terminal, b"never")
sys.stdout.write(seen.decode().replace("\r", ""))
print("exit", os.waitstatus_to_exitcode(os.waitpid(shell, 0)[1]))
PYTHON
echo "from standard input"
printf 'SELECT 1 AS a; -- one; two\n\nSELECT "noise" FROM noise LIMIT 1' | retrial query --csv
printf 'SELECT 1 AS a;\nSELECT nois FROM noise;\nSELECT 3' | retrial query 2>&1 || echo "exit $?"
printf 'SELECT 1 AS a' | retrial query --study noise 2>&1 || echo "exit $?"
printf ' ; -- nothing\n' | retrial query 2>&1 || echo "exit $?"
retrial query --list --csv | wc -l
