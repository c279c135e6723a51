#!/usr/bin/python3
"""Runs commands in a terminal of their own and draws what was on the screen at the end, as SVG.

    docs/img/terminal.py docs/img/demo.svg COMMAND...

Each COMMAND is a shell command line. Nothing of the output is changed; carriage returns and the
few control sequences that progress lines use are followed as a terminal would. Of a line that was
written again and again, one state from the middle is drawn above the last one.
"""
import html
import os
import pty
import re
import sys

COLUMNS, CHAR, LINE = 110, 8.0, 18
MANY = 10  # a line rewritten so often is a progress bar
STYLES = {"1": "font-weight:bold", "2": "opacity:.65", "31": "fill:#c5382d", "32": "fill:#2a7f43",
          "33": "fill:#9a6700", "36": "fill:#1b6c8c"}


def run(command):
    """The bytes that a command writes to its terminal."""
    pid, screen = pty.fork()
    if pid == 0:
        os.environ.update(COLUMNS=str(COLUMNS), TERM="xterm-256color")
        os.execvp("bash", ["bash", "-c", f"stty cols {COLUMNS} rows 50; {command}"])
    data = b""
    try:
        while chunk := os.read(screen, 65536):
            data += chunk
    except OSError:  # how Linux says that the other end has closed
        pass
    if os.waitpid(pid, 0)[1] != 0:
        sys.exit(f"failed: {command}\n{data.decode(errors='replace')}")
    return data.decode()


def follow(text):
    """Lines of (character, style), as they stand when all is written."""
    lines, column, style, states = [[]], 0, "", []
    for token in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|.|\n", text, re.S):
        line = lines[-1]
        if token == "\n":
            if len(states) > MANY:
                lines.insert(-1, states[len(states) * 2 // 3])
            lines.append([])
            column, states = 0, []
        elif token == "\r":
            column = 0
            if line:
                states.append(list(line))
        elif token.startswith("\x1b"):
            kind, codes = token[-1], token[2:-1]
            if kind == "K" and codes in ("", "0"):
                del line[column:]
            elif kind == "K":
                line.clear()
            elif kind == "m":
                style = ";".join(STYLES[code] for code in codes.split(";") if code in STYLES)
        else:
            line.extend([(" ", "")] * (column - len(line)))
            line[column:column + 1] = [(token, style)]
            column += 1
    return lines


def spans(line):
    """SVG for one line: neighbours of one style share an element."""
    out, at = [], 0
    while at < len(line):
        style, end = line[at][1], at
        while end < len(line) and line[end][1] == style:
            end += 1
        text = html.escape("".join(char for char, _ in line[at:end]))
        attribute = f' style="{style}"' if style else ""
        out.append(f'<tspan x="{16 + at * CHAR:g}" textLength="{(end - at) * CHAR:g}"{attribute}>'
                   f"{text}</tspan>")
        at = end
    return "".join(out)


def draw(lines):
    width, height = 32 + COLUMNS * CHAR, 32 + len(lines) * LINE
    rows = "\n".join(f'<text xml:space="preserve" y="{16 + LINE * (i + 0.75):g}">{spans(line)}</text>'
                     for i, line in enumerate(lines) if line)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" \
viewBox="0 0 {width:g} {height:g}">
<style>text {{ font: 13.3px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; \
fill: #24292f; white-space: pre }}</style>
<rect width="100%" height="100%" rx="8" fill="#f6f8fa" stroke="#d0d7de"/>
{rows}
</svg>
"""


def main(path, commands):
    lines = []
    for command in commands:
        lines.append([(char, STYLES["1"]) for char in "$ " + command])
        shown = follow(run(command))
        lines.extend(shown[:-1] if not shown[-1] else shown)
    with open(path, "w", encoding="utf-8") as file:
        file.write(draw(lines))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
