"""A random walk: results depend on params and seed alone, down to the last bit."""
import random
import time


def walk(params):
    place = 0.0
    for _ in range(params["steps"]):
        place += random.gauss(params["drift"], params["spread"])
    time.sleep(0.005)  # long enough for every agent to get its share
    return {"place": place, "distance": abs(place)}
