"""The driver of a study that a notebook drives: carries lines between the engine and the socket
that RETRIAL_RELAY names, where the notebook listens.
"""

import os
import socket
import sys
import threading


def pump(read, write, close):
    while True:
        data = read()
        if not data:
            break
        try:
            write(data)
        except OSError:
            break
    close()


def write_all(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def main():
    path = os.environ.get("RETRIAL_RELAY")
    if not path:
        sys.exit("this study was driven from a notebook: run its cells again, which go on")
    incoming, outgoing = (int(os.environ[f"RETRIAL_DRIVER_{way}"]) for way in ("IN", "OUT"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as notebook:
        notebook.connect(path)
        threading.Thread(
            target=pump,
            args=(
                lambda: os.read(incoming, 1 << 16),
                notebook.sendall,
                lambda: half_close(notebook),
            ),
            daemon=True,
        ).start()
        pump(
            lambda: notebook.recv(1 << 16),
            lambda data: write_all(outgoing, data),
            lambda: os.close(outgoing),
        )


def half_close(notebook):
    try:
        notebook.shutdown(socket.SHUT_WR)
    except OSError:
        pass


if __name__ == "__main__":
    main()
