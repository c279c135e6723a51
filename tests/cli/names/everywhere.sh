# Whatever parameters, metrics and studies are called, every command works with the names, and shows
# nothing that a terminal would act on.
python3 - <<'PYTHON'
import csv
import io
import json
import os
import pty
import re
import shlex
import subprocess
import sys

ESCAPES = ["\x1b[31mred", "\x1b]0;title\x07", "\x9b31m", "back\bspace", "line\nbreak", "tab\tstop", "carriage\rreturn",
           "turn\u202eed", "bell\x07", "del\x7f"]
PLAIN = ["two words", " edges ", "it's", 'a "quote"', "semi; DROP TABLE study; --", "SELECT", "from", "trial",
         "outcome", "rowid", "größe", "e\u0301te\u0301", "ירושלים", "日本語", "👩‍🔬", "%s%n%d", "a,b", "a|b", "<b>", "$HOME",
         "`id`", "back\\slash", "{lr}", "[0]", "#", "&amp;", "-n", "--csv", "=1+1", "null", "1e5", "Case", "case",
         "zero\u200bwidth", "ə" * 100]
METRICS = PLAIN + ESCAPES + ["", "a.b", "m" * 3000]
STUDIES = ["select", "semi; DROP TABLE study; --", "ירושלים e\u0301 %s%n " + "日本語" * 8, "s.1", "study"]
REFUSED = ESCAPES + ["", "a/b", "a\\b", 'a"b', "-n", " x", "sqlite_x", "n" * 101]

OWN = re.compile(r"\x1b\[K")  # what the progress bar clears its line with
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def harmless(words, shown):
    shown = OWN.sub("", shown.replace("\r\n", "\n"))
    if words[:1] in (["run"], ["resume"]):
        shown = shown.replace("\r", "\n")  # the progress bar starts its line again
    bad = ACTS.search(shown)
    if bad:
        sys.exit(f"{words} showed {bad[0]!r} in {shown[max(0, bad.start() - 40):bad.end() + 40]!r}")


def on_terminal(*words, typed=""):
    """Runs a command at a terminal; what it shows must not act on that."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execvp("retrial", ["retrial", *words])
    seen = b""
    if typed:
        while not seen.endswith(b"> "):
            seen += os.read(terminal, 65536)
        seen = b""
        os.write(terminal, typed.encode())
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    harmless(list(words), seen.decode())
    return code, seen.decode()


def output(*words, code=0):
    done = subprocess.run(["retrial", *words], capture_output=True, text=True)
    if done.returncode != code:
        sys.exit(f"{words} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def must(*words, code=0, typed=""):
    got, shown = on_terminal(*words, typed=typed)
    if got != code:
        sys.exit(f"{words} ended with {got}, not {code}: {shown}")
    return shown


open("model.py", "w").write(f"METRICS = {METRICS!r}\n" + '''
def train(params, trial):
    print("\\x1b[31mred", "\\u202eturned")
    if "fail" in params.values():
        raise ValueError(" ".join(METRICS[-14:-3]))
    return {name: i + trial.ordinal for i, name in enumerate(METRICS)} | {"texts": " ".join(METRICS[:-1])}
''')

# What a study may not be called is refused, and said without acting.
for name in REFUSED:
    must("run", "model.py:train", "--name", name, "-S", "x=1", code=2)
for name in ESCAPES:
    must("run", "model.py:train", "-S", f"{name}=1", code=2)
    must("show", name, code=2)
    must("ls", name, code=2)
    must("resume", name, code=2)
    must("query", "best", "--study", name, code=2)
    must(name, code=2)
    must("run", name, code=2)
    must("run", "model.py:train", f"--{name}", code=2)
if os.path.exists(".retrial"):
    sys.exit("what is refused has made a store")
print("refused", len(REFUSED), "names of studies,", len(ESCAPES), "of parameters")

values = {name: name for name in PLAIN} | {f"v{i}": text for i, text in enumerate(ESCAPES)}
for number, study in enumerate(STUDIES):
    file = f"study{number}.yaml"
    json.dump({"name": study, "entry": "model.py:train",
               "params": {name: {name: [name]} for name in PLAIN[:5]} | {"values": values},
               "sweep": {name: [name, "fail"] if i == 5 else [name] for i, name in enumerate(PLAIN[5:], 5)},
               "objective": {"maximize": METRICS[-5]}}, open(file, "w"))
    must("run", file, "--dry-run")
    must("run", file, "-j", "1", code=1)
    must("resume", study, "--retry", "failed", "-j", "1", code=1)
    view = json.loads(output("query", "--json", "SELECT view FROM study ORDER BY study DESC LIMIT 1"))[0]["view"]
    for words in [[], ["status"], ["ls"], ["ls", study], ["show", study], ["show", f"{study}.1"],
                  ["log", f"{study}.2"], ["query", "failures", "--study", study], ["query", "trials", "--study", study],
                  ["query", f"SELECT * FROM {quoted(view)}"], ["query", f"SELECT * FROM {quoted(view + '.attempts')}"],
                  ["check"]]:
        must(*words)
    must("query", typed=f".trials {shlex.quote(study)}\n.columns {shlex.quote(view)}\nSELECT * FROM {quoted(view)};\n.quit\n")

    # Programs get everything as it was.
    trial = json.loads(output("query", "--json", f"SELECT * FROM {quoted(view)} WHERE ordinal = 1"))[0]
    for i, name in enumerate(METRICS):
        shown = trial.get("metric.case.2" if name == "case" else f"metric.{name}", trial.get(name))
        if shown != i + 1:
            sys.exit(f"{study!r}: {name!r} is {shown!r}, not {i + 1}; there is {sorted(trial)}")
    if trial["texts"] != " ".join(METRICS[:-1]):
        sys.exit(f"texts are {trial['texts']!r}")
    rows = list(csv.reader(io.StringIO(output("ls", study, "--csv", "--limit", "0"), newline="")))
    if len({len(row) for row in rows}) != 1:
        sys.exit("rows of the CSV have different numbers of cells")
    shown = json.loads(output("show", f"{study}.1", "--json"))
    if shown["params"]["values"] != values:
        sys.exit(f"{shown['params']} is not what was given")
    for format in ("--csv", "--json", "--md"):
        for words in (["ls"], ["ls", study], ["query", "trials", "--study", study],
                      ["query", f"SELECT * FROM {quoted(view)}"]):
            output(*words, format)
    must("run", file, "-S", "texts=1,fail", "--save", f"saved{number}.yaml", code=1)
    must("run", f"saved{number}.yaml", code=1)
    harmless(["md"], output("query", f"SELECT * FROM {quoted(view)}", "--md"))
for name in ESCAPES:
    for words in (["show", name], ["log", f"{name}.1"], ["ls", name], ["resume", name],
                  ["query", f"SELECT {quoted(name)} FROM study"], ["query", f"SELECT 1 FROM {quoted(name)}"],
                  ["query", "best", "--study", name], ["query", "best", "--study", "select", "--metric", f"no {name}"]):
        must(*words, code=2)
    must("query", f"SELECT {quoted(name)}, 1 FROM {quoted('select')} LIMIT 1")
print("ran", len(STUDIES), "studies of", len(values), "names")
PYTHON
