"""Trials that sleep, and trials that take the time of a processor."""
import time


def nap(params):
    time.sleep(params["length"])
    return {"length": params["length"]}


def compute(params):
    for _ in range(params["rounds"]):
        pass
    return {"rounds": params["rounds"]}


def write(params):
    print("epoch", params["x"])
    with open("weights.txt", "w") as file:
        file.write("0" * 100)
    return {"y": params["x"]}


def large(params):
    return {"text": "x" * params["bytes"]}


def wide(params):
    return {"keys": len(params["weights"])}
