"""A genetic algorithm of DEAP as an EMEWS algorithm: it knows nothing of Retrial but eqpy.

What it asks first, "Params", gets a text: generations = 10, population = 20. Individuals are x and y
from -10 to 10, less is better. An individual whose result is NaN gets no fitness but the worst that
there is; no value is made up for it.
"""

import json
import math
import random

import eqpy
from deap import algorithms, base, creator, tools

LOW, HIGH = -10, 10
NAMES = ("x", "y")


def evaluate(population):
    """One batch: the fitness of each."""
    batch = [json.dumps(dict(zip(NAMES, individual))) for individual in population]
    if not batch:
        return []
    eqpy.OUT_put(";".join(batch))
    values = [float(text) for text in eqpy.IN_get().split(";")]
    return [(math.inf if math.isnan(value) else value,) for value in values]


def clipped(individual):
    (individual,) = tools.mutGaussian(individual, mu=0, sigma=1.5, indpb=0.7)
    individual[:] = [min(HIGH, max(LOW, value)) for value in individual]
    return (individual,)


def run():
    eqpy.OUT_put("Params")
    settings = eval(f"dict({eqpy.IN_get()})")
    creator.create("Fitness", base.Fitness, weights=(-1.0,))
    creator.create("Individual", list, fitness=creator.Fitness)
    toolbox = base.Toolbox()
    toolbox.register("attribute", random.uniform, LOW, HIGH)
    toolbox.register("individual", tools.initRepeat, creator.Individual, toolbox.attribute, 2)
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    toolbox.register("evaluate", lambda individual: None)
    toolbox.register("map", lambda _, population: evaluate(population))
    toolbox.register("mate", tools.cxBlend, alpha=0.3)
    toolbox.register("mutate", clipped)
    toolbox.register("select", tools.selTournament, tournsize=3)
    best = tools.HallOfFame(1)
    algorithms.eaSimple(
        toolbox.population(n=settings["population"]),
        toolbox,
        cxpb=0.5,
        mutpb=0.5,
        ngen=settings["generations"],
        halloffame=best,
        verbose=False,
    )
    eqpy.OUT_put("DONE")
    eqpy.OUT_put(json.dumps({**dict(zip(NAMES, best[0])), "value": best[0].fitness.values[0]}))
