"""A neural network that learns to tell benign from malignant tumours, with six knobs.

The data are the 569 cases of the Wisconsin breast-cancer set that scikit-learn brings along; what a
trial is judged by is the mean accuracy over three folds. Random numbers come from numpy's global
generator, which Retrial seeds; nothing here knows of Retrial.
"""

import numpy as np
from sklearn.datasets import load_breast_cancer

FOLDS = 3


def load(order_seed=2026):
    inputs, labels = load_breast_cancer(return_X_y=True)
    order = np.random.RandomState(order_seed).permutation(len(labels))
    return inputs[order], labels[order].astype(float)


INPUTS, LABELS = load()


def forward(layers, inputs):
    outputs = [inputs]
    for weights, bias in layers[:-1]:
        outputs.append(np.tanh(outputs[-1] @ weights + bias))
    weights, bias = layers[-1]
    outputs.append(1 / (1 + np.exp(-np.clip((outputs[-1] @ weights + bias)[:, 0], -30, 30))))
    return outputs


def fit(layers, inputs, labels, lr, momentum, batch, decay, epochs):
    """Gradient descent with momentum, in place."""
    speed = [[np.zeros_like(part) for part in layer] for layer in layers]
    for _ in range(epochs):
        order = np.random.permutation(len(labels))
        for first in range(0, len(order), batch):
            part = order[first : first + batch]
            outputs = forward(layers, inputs[part])
            delta = (outputs[-1] - labels[part])[:, None] / len(part)
            for i in range(len(layers) - 1, -1, -1):
                weights, bias = layers[i]
                gradients = outputs[i].T @ delta + decay * weights, delta.sum(axis=0)
                delta = (delta @ weights.T) * (1 - outputs[i] ** 2)
                for value, velocity, gradient in zip(layers[i], speed[i], gradients):
                    velocity *= momentum
                    velocity -= lr * gradient
                    value += velocity


def accuracy(layers, inputs, labels):
    return float(np.mean((forward(layers, inputs)[-1] > 0.5) == labels))


def train(lr, momentum, batch, decay, layers, units, epochs=8):
    parts = np.array_split(np.arange(len(LABELS)), FOLDS)
    found = []
    for held_out in parts:
        rest = np.setdiff1d(np.arange(len(LABELS)), held_out)
        mean, deviation = INPUTS[rest].mean(axis=0), INPUTS[rest].std(axis=0)
        inputs = (INPUTS - mean) / deviation
        sizes = [inputs.shape[1], *[units] * layers, 1]
        network = [
            [np.random.normal(0, 1 / np.sqrt(size), (size, to)), np.zeros(to)]
            for size, to in zip(sizes, sizes[1:])
        ]
        fit(network, inputs[rest], LABELS[rest], lr, momentum, batch, decay, epochs)
        found.append(accuracy(network, inputs[held_out], LABELS[held_out]))
    return {"val_acc": float(np.mean(found)), "worst_fold": min(found)}
