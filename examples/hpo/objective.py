"""A script for Optuna as people have it, which Retrial runs as it is:

retrial run objective.yaml
"""

import optuna

from model import train


def objective(trial):
    layers = trial.suggest_int("layers", 1, 3)
    params = {
        "lr": trial.suggest_float("lr", 1e-4, 1, log=True),
        "momentum": trial.suggest_float("momentum", 0, 0.99),
        "batch": trial.suggest_categorical("batch", [16, 32, 64]),
        "decay": 0.0,
    }
    if layers > 1:  # deep ones may overfit
        params["decay"] = trial.suggest_float("decay", 1e-6, 1e-1, log=True)
    units = trial.suggest_int("units", 4, 64, log=True)
    return train(layers=layers, units=units, **params)["val_acc"]


study = optuna.create_study(direction="maximize")
study.optimize(objective, n_trials=40)
print(study.best_params)
