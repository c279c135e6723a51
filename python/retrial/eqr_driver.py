"""`driver: {eqr: FILE.R, params: ...}`: an algorithm that was written for EMEWS' EQ/R.

R runs as a process of its own. Texts go to and fro over two pipes, each as its size in bytes, a
newline, and so many bytes.
"""

import json
import os
import shutil
import subprocess

from retrial.drive import DriveError
from retrial.emews import Exchange, conclude

SCRIPT = "eqr.R"


class RExchange(Exchange):
    def settings_text(self, params):
        """R code of arguments, as mlrMBO's wrapper takes it."""
        if isinstance(params, dict):
            return ", ".join(f"{key} = {r_code(value)}" for key, value in params.items())
        return params if isinstance(params, str) else r_code(params)


def r_code(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, list):
        return f"c({', '.join(r_code(item) for item in value)})"
    if isinstance(value, dict):
        return f"list({', '.join(f'{key} = {r_code(item)}' for key, item in value.items())})"
    return json.dumps(value)


def folder_of_r():
    """In the source tree beside python/, installed beside it in share/retrial."""
    above = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return os.path.join(above, "r")


def send(stream, text):
    data = text.encode()
    try:
        stream.write(b"%d\n%s" % (len(data), data))
        stream.flush()
    except BrokenPipeError:
        pass  # it has ended; what it said is still to be read


def receive(stream):
    """The next text; None at the end."""
    size = stream.readline()
    if not size.endswith(b"\n"):
        return None
    data = stream.read(int(size))
    return data.decode("utf-8", "replace") if len(data) == int(size) else None


def start(rscript, file, seed):
    """R with the algorithm: the process, what it puts out, what it gets in."""
    to_r, from_r = os.pipe(), os.pipe()
    process = subprocess.Popen(
        [rscript, "--no-save", "--no-restore", os.path.join(folder_of_r(), SCRIPT), file],
        pass_fds=(to_r[0], from_r[1]),
        stdin=subprocess.DEVNULL,
        env={
            **os.environ,
            "RETRIAL_EQR_IN": str(to_r[0]),
            "RETRIAL_EQR_OUT": str(from_r[1]),
            "RETRIAL_EQR_SEED": str(seed % 2**31),
        },
    )
    os.close(to_r[0])
    os.close(from_r[1])
    return process, os.fdopen(from_r[0], "rb"), os.fdopen(to_r[1], "wb")


def main(study):
    file = study.args["eqr"]
    if not os.path.isfile(file):
        raise DriveError(f'eqr: there is no file "{file}" beside the study file')
    rscript = shutil.which(study.args.get("rscript", "Rscript"))
    if rscript is None:
        raise DriveError(
            "`driver: {eqr: ...}` needs R, which is not on the PATH: install r-base-core (Debian), "
            "or name it by `driver: {rscript: ...}`"
        )
    process, out, into = start(rscript, file, study.seed)
    try:
        exchange = RExchange(study, file, lambda: receive(out), lambda text: send(into, text))
        texts = exchange.run()
        if process.wait() != 0:
            raise DriveError(f"{file} has failed: R ended with status {process.returncode}")
        conclude(study, texts)
    finally:
        process.kill()
        process.wait()
