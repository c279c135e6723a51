"""A small neural network that learns to tell benign from malignant tumours, some labels flipped.

The data are the 569 cases of the Wisconsin breast-cancer set that scikit-learn brings along.
Random numbers come from numpy's global generator, which Retrial seeds for each trial; nothing
here knows of Retrial. Try one training by hand:

    /usr/bin/python3 examples/noise/model.py
"""
import numpy as np
from sklearn.datasets import load_breast_cancer

BATCH = 32
RATE = 0.01  # of Adam


def load(train_share=0.7, split_seed=2026):
    """The data, standardised by the training part: the split is the same for every trial."""
    inputs, labels = load_breast_cancer(return_X_y=True)
    order = np.random.RandomState(split_seed).permutation(len(labels))
    inputs, labels = inputs[order], labels[order].astype(float)
    cut = int(train_share * len(labels))
    inputs = (inputs - inputs[:cut].mean(axis=0)) / inputs[:cut].std(axis=0)
    return inputs[:cut], labels[:cut], inputs[cut:], labels[cut:]


TRAIN_X, TRAIN_Y, VAL_X, VAL_Y = load()


def start(sizes):
    """Weights and biases of each layer (He initialisation)."""
    layers = []
    for fan_in, fan_out in zip(sizes, sizes[1:]):
        layers.append(np.random.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out)))
        layers.append(np.zeros(fan_out))
    return layers


def forward(layers, inputs):
    """What each layer puts out; the last one is the probability of 'benign'."""
    outputs = [inputs]
    for weights, bias in zip(layers[:-2:2], layers[1:-2:2]):
        outputs.append(np.maximum(outputs[-1] @ weights + bias, 0))
    logits = outputs[-1] @ layers[-2] + layers[-1]
    outputs.append(1 / (1 + np.exp(-np.clip(logits[:, 0], -30, 30))))
    return outputs


def gradients(layers, outputs, labels):
    """Gradients of the mean cross-entropy, in the order of layers."""
    found = [None] * len(layers)
    delta = (outputs[-1] - labels)[:, None] / len(labels)
    for layer in range(len(layers) - 2, -1, -2):
        inputs = outputs[layer // 2]
        found[layer] = inputs.T @ delta
        found[layer + 1] = delta.sum(axis=0)
        delta = (delta @ layers[layer].T) * (inputs > 0)
    return found


def fit(layers, inputs, labels, epochs):
    """Adam, in place."""
    means = [np.zeros_like(layer) for layer in layers]
    squares = [np.zeros_like(layer) for layer in layers]
    step = 0
    for _ in range(epochs):
        order = np.random.permutation(len(labels))
        for first in range(0, len(order), BATCH):
            batch = order[first:first + BATCH]
            step += 1
            rate = RATE * np.sqrt(1 - 0.999 ** step) / (1 - 0.9 ** step)
            found = gradients(layers, forward(layers, inputs[batch]), labels[batch])
            for layer, mean, square, gradient in zip(layers, means, squares, found):
                mean += 0.1 * (gradient - mean)
                square += 0.001 * (gradient ** 2 - square)
                layer -= rate * mean / (np.sqrt(square) + 1e-8)


def accuracy(layers, inputs, labels):
    return float(np.mean((forward(layers, inputs)[-1] > 0.5) == labels))


def loss(layers, inputs, labels):
    chance = np.clip(forward(layers, inputs)[-1], 1e-12, 1 - 1e-12)
    return float(-np.mean(labels * np.log(chance) + (1 - labels) * np.log(1 - chance)))


def shake(inputs, scale):
    """The inputs with noise. It has numbers of its own, so that all else is drawn as without it."""
    own = np.random.RandomState(np.random.get_state()[1][:8])
    return inputs + own.normal(0, scale, inputs.shape) if scale else inputs


def train(label_noise=0.0, epochs=40, hidden=(20,), feature_noise=0.0):
    """Trains on labels of which each was flipped with probability label_noise, and on inputs to
    each of which a normal number of standard deviation feature_noise was added."""
    inputs = shake(TRAIN_X, feature_noise)
    flipped = np.random.random(len(TRAIN_Y)) < label_noise
    noisy = np.where(flipped, 1 - TRAIN_Y, TRAIN_Y)
    layers = start([TRAIN_X.shape[1], *hidden, 1])
    fit(layers, inputs, noisy, epochs)
    return {
        "val_acc": accuracy(layers, VAL_X, VAL_Y),
        "val_loss": loss(layers, VAL_X, VAL_Y),
        "train_acc": accuracy(layers, inputs, noisy),
        "realised_noise": float(flipped.mean()),
    }


if __name__ == "__main__":
    np.random.seed(1)
    print(train(label_noise=0.2))
