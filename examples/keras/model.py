"""Two moons, told apart by a small network in Keras. Nothing here knows of Retrial."""

import numpy as np
from tensorflow import keras


def moons(count, noise, random):
    """Two half circles that reach into each other: points (count, 2) and their classes."""
    angle = random.uniform(0, np.pi, count)
    label = np.arange(count) % 2
    x = np.where(label == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(label == 0, np.sin(angle), 0.5 - np.sin(angle))
    return np.stack([x, y], axis=1) + random.normal(0, noise, (count, 2)), label


def train(lr, seed, hidden=16, epochs=10, noise=0.15):
    keras.utils.set_random_seed(seed)
    random = np.random.default_rng(1)  # the data are the same for all trials
    x, y = moons(400, noise, random)
    x_val, y_val = moons(400, noise, random)
    network = keras.Sequential(
        [
            keras.layers.Input((2,)),
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    network.compile(
        keras.optimizers.Adam(lr), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    history = network.fit(x, y, batch_size=50, epochs=epochs, verbose=2)
    loss, accuracy = network.evaluate(x_val, y_val, verbose=0)
    return {"val_loss": loss, "val_acc": accuracy, "loss": history.history["loss"][-1]}
