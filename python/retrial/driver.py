"""What `driver: {use: ...}`, `{eqpy: ...}` and `{eqr: ...}` of a study file run."""

import importlib
import os
import sys

MODULES = {
    "use": "retrial.optuna_driver",
    "eqpy": "retrial.eqpy_driver",
    "eqr": "retrial.eqr_driver",
}


def main():
    if sys.path[0] in ("", os.getcwd()):
        del sys.path[0]  # a file of the study that is named like a module of ours is not meant
    if "PYTHONHASHSEED" not in os.environ:  # sets of texts are then in the same order every time
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "retrial.driver", *sys.argv[1:]])
    from retrial import drive, recalling

    try:
        study = drive.connect(recalling.RecallingStudy)
        kind = next((kind for kind in MODULES if kind in study.args), None)
        if kind is None:
            raise drive.DriveError(f"`driver` names none of {', '.join(MODULES)}")
        study.recalls = kind != "use"  # samplers are told of what there is
        importlib.import_module(MODULES[kind]).main(study)
    except drive.DriveError as error:
        sys.exit(f"{error}")


if __name__ == "__main__":
    main()
