#!/usr/bin/python3
"""Runs the commands of a document's ```console blocks and writes the document with what they gave.

    cd EMPTY-FOLDER && tests/console.py docs/tutorial.md > new.md

In a block, a line that starts with "$ " is a command and what follows up to the next one is its
output, standard error included. All of them run in one shell, one after the other.
"""
import re
import subprocess
import sys

MARK = "end of output 7f3a"


def run(commands):
    """What each command printed, in order."""
    script = "".join(f"{command}\necho '{MARK}'\n" for command in commands)
    done = subprocess.run(["bash"], input=script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    return done.stdout.split(MARK + "\n")


def main(path):
    text = open(path, encoding="utf-8").read()
    blocks = re.findall(r"^```console\n(.*?)^```$", text, re.S | re.M)
    commands = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    outputs = iter(run(commands))

    def renew(match):
        lines = [line for line in match[1].splitlines() if line.startswith("$ ")]
        return "```console\n" + "".join(f"{line}\n{next(outputs)}" for line in lines) + "```"

    sys.stdout.write(re.sub(r"^```console\n(.*?)^```$", renew, text, flags=re.S | re.M))


if __name__ == "__main__":
    main(sys.argv[1])
