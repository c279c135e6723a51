"""Two moons, told apart by a small network in PyTorch. Nothing here knows of Retrial."""

import math

import torch
from torch import nn


def moons(count, noise, generator):
    """Two half circles that reach into each other: points (count, 2) and their classes."""
    angle = torch.rand(count, generator=generator) * math.pi
    label = torch.arange(count) % 2
    x = torch.where(label == 0, torch.cos(angle), 1 - torch.cos(angle))
    y = torch.where(label == 0, torch.sin(angle), 0.5 - torch.sin(angle))
    points = torch.stack([x, y], dim=1)
    return points + noise * torch.randn(count, 2, generator=generator), label


def train(lr, hidden=16, epochs=40, noise=0.15):
    # The data are the same for all trials; weights and batches are drawn from torch's own
    # generator, which is seeded before each trial.
    data = torch.Generator().manual_seed(1)
    x, y = moons(400, noise, data)
    x_val, y_val = moons(400, noise, data)
    network = nn.Sequential(
        nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 2)
    )
    optimizer = torch.optim.Adam(network.parameters(), lr=lr)
    loss_of = nn.CrossEntropyLoss()
    for epoch in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(x)).split(50):
            optimizer.zero_grad()
            loss = loss_of(network(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        print(f"epoch {epoch + 1}: loss {total / len(x):.4f}")
    with torch.no_grad():
        scores = network(x_val)
    return {
        "val_loss": loss_of(scores, y_val),
        "val_acc": (scores.argmax(dim=1) == y_val).double().mean(),
        "weights": sum(p.numel() for p in network.parameters()),
    }
