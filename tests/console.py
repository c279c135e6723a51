#!/usr/bin/python3
"""Runs the commands of a document and writes the document with what they gave.

    cd EMPTY-FOLDER && tests/console.py docs/tutorial.md > new.md

In a ```console block, a line that starts with "$ " is a command, and what follows up to the next one
is its output, standard error included. A block with a file's name (```yaml walk.yaml) is written to
that file first. All commands run in one shell, one after the other.
"""
import re
import subprocess
import sys

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.S | re.M)
MARK = "end of output 7f3a"


def commands_of(block):
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def script_of(text):
    """One script of all blocks, with a mark after the output of each command."""
    lines = []
    for kind, name, block in BLOCK.findall(text):
        if name:
            lines.append(f"cat > {name} <<'{MARK}'\n{block}{MARK}")
        elif kind == "console":
            lines.extend(f"{command}\necho '{MARK}'" for command in commands_of(block))
    return "\n".join(lines)


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
        shown = [f"$ {command}\n{next(outputs)}" for command in commands_of(block)]
        return "```console\n" + "".join(shown) + "```"

    sys.stdout.write(BLOCK.sub(renew, text))


if __name__ == "__main__":
    main(sys.argv[1])
