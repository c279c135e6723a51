#!/usr/bin/python3
"""Runs the commands of a document and writes the document with what they gave.

    cd EMPTY-FOLDER && tests/console.py docs/tutorial.md > new.md

In a ```console block, a line that starts with "$ " is a command, and what follows up to the next one
is its output, standard error included. Lines that start with a prompt of the program are typed into
it, at a terminal of its own. A block with a file's name (```yaml walk.yaml) is written to that file
first. All commands run in one shell, one after the other.
"""
import os
import pty
import re
import shlex
import subprocess
import sys

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.S | re.M)
MARK = "end of output 7f3a"
PROMPTS = ("retrial> ", "    ...> ")


def commands_of(block):
    """The commands, each with what is typed into it."""
    commands = []
    for line in block.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        elif line.startswith(PROMPTS) and commands:
            commands[-1][1].append(line.partition("> ")[2])
    return commands


def script_of(text):
    """One script of all blocks, with a mark after the output of each command."""
    lines = []
    for kind, name, block in BLOCK.findall(text):
        if name:
            lines.append(f"cat > {name} <<'{MARK}'\n{block}{MARK}")
        elif kind == "console":
            for command, typed in commands_of(block):
                if typed:
                    command = shlex.join([os.path.abspath(__file__), "--type", command, *typed])
                lines.append(f"{command}\necho '{MARK}'")
    return "\n".join(lines)


def read_more(terminal):
    try:
        return os.read(terminal, 65536).decode()
    except OSError:  # the program has ended
        return ""


def type_into(command, lines):
    """Types each line when the program asks for one; prints all that the terminal shows."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp("bash", ["bash", "-c", command])
    seen = ""
    for line in lines:
        while not seen.endswith(PROMPTS):
            more = read_more(terminal)
            if not more:
                sys.exit(f"{command} ended before {line!r} was typed:\n{seen}")
            seen += more
        os.write(terminal, f"{line}\n".encode())
        seen += read_more(terminal)
    while more := read_more(terminal):
        seen += more
    os.waitpid(pid, 0)
    sys.stdout.write(seen.replace("\r\n", "\n"))


def main(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    done = subprocess.run(["bash", "-c", script_of(text)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    outputs = iter(done.stdout.split(MARK + "\n"))

    def renew(match):
        kind, name, block = match.groups()
        if kind != "console" or name:
            return match[0]
        shown = [f"$ {command}\n{next(outputs)}" for command, _ in commands_of(block)]
        return "```console\n" + "".join(shown) + "```"

    sys.stdout.write(BLOCK.sub(renew, text))


if __name__ == "__main__":
    if sys.argv[1] == "--type":
        type_into(sys.argv[2], sys.argv[3:])
    else:
        main(sys.argv[1])
