"""A small classifier that is trained with Gaussian noise on its features, without any library."""

import math
import random

DEFAULTS = {"epochs": 15, "learning_rate": 0.5, "samples": 120, "gaussian_noise": 0.0}


def points(count):
    """Two clouds around (1, 1) and (-1, -1), with their labels."""
    for i in range(count):
        label = i % 2
        centre = 1 if label else -1
        yield [random.gauss(centre, 1), random.gauss(centre, 1)], label


def predict(weights, features):
    z = weights[0] + weights[1] * features[0] + weights[2] * features[1]
    return 1 / (1 + math.exp(-z))


def fit(data, epochs, rate):
    weights = [0.0, 0.0, 0.0]
    for _ in range(epochs):
        for features, label in data:
            error = label - predict(weights, features)
            weights[0] += rate * error
            weights[1] += rate * error * features[0]
            weights[2] += rate * error * features[1]
    return weights


def train(params):
    settings = dict(DEFAULTS)
    settings.update(params)  # whatever keys there are
    data = list(points(settings["samples"]))
    held_out = list(points(200))
    deviation = settings["gaussian_noise"]
    noisy = [([x + random.gauss(0, deviation) for x in features], label) for features, label in data]
    weights = fit(noisy, settings["epochs"], settings["learning_rate"])
    right = sum((predict(weights, features) > 0.5) == bool(label) for features, label in held_out)
    chance = [predict(weights, f) if label else 1 - predict(weights, f) for f, label in held_out]
    loss = -sum(math.log(max(p, 1e-12)) for p in chance) / len(chance)
    return {"val_acc": right / len(held_out), "val_loss": loss}
