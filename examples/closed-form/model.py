"""A function of one variable whose minimum is known: what optimisers are tried on."""

from math import cos, sin

LOW, HIGH = -10, 10


def y(x):
    return 0.02 * x + 0.5 * sin(x + 0.1) + 0.75 * cos(0.25 * x - 0.3)


def true_minimum(steps=200_000):
    """(y, x) where y is smallest on [LOW, HIGH], by looking everywhere."""
    width = (HIGH - LOW) / steps
    return min((y(LOW + i * width), LOW + i * width) for i in range(steps + 1))


if __name__ == "__main__":
    print("%.6f at x = %.3f" % true_minimum())
