"""A genetic algorithm of DEAP as an EMEWS algorithm: it knows nothing of Retrial but eqpy.

What it asks first, "Params", gets a text: generations = 8, population = 24. An individual is an x, less
is better. One whose result is NaN gets the worst fitness that there is; no value is made up for it.
"""

import json
import math
import random

import eqpy
from deap import algorithms, base, creator, tools

LOW, HIGH = -10, 10


def evaluate(population):
    """One batch: the fitness of each."""
    batch = [json.dumps({"x": individual[0]}) for individual in population]
    if not batch:
        return []
    eqpy.OUT_put(";".join(batch))
    values = [float(text) for text in eqpy.IN_get().split(";")]
    print(f"{len(values)} results, {sum(map(math.isnan, values))} of them NaN")
    return [(math.inf if math.isnan(value) else value,) for value in values]


def mate(one, other):
    one[0], other[0] = (3 * one[0] + other[0]) / 4, (one[0] + 3 * other[0]) / 4
    return one, other


def mutate(individual):
    individual[0] = min(HIGH, max(LOW, individual[0] + random.gauss(0, 2)))
    return (individual,)


def run():
    eqpy.OUT_put("Params")
    settings = eval(f"dict({eqpy.IN_get()})")
    creator.create("Fitness", base.Fitness, weights=(-1.0,))
    creator.create("Individual", list, fitness=creator.Fitness)
    toolbox = base.Toolbox()
    toolbox.register("attribute", random.uniform, LOW, HIGH)
    toolbox.register("individual", tools.initRepeat, creator.Individual, toolbox.attribute, 1)
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    toolbox.register("evaluate", lambda individual: None)
    toolbox.register("map", lambda _, population: evaluate(population))
    toolbox.register("mate", mate)
    toolbox.register("mutate", mutate)
    toolbox.register("select", tools.selTournament, tournsize=2)
    best = tools.HallOfFame(1)
    algorithms.eaSimple(
        toolbox.population(n=settings["population"]),
        toolbox,
        cxpb=0.5,
        mutpb=0.6,
        ngen=settings["generations"] - 1,
        halloffame=best,
        verbose=False,
    )
    eqpy.OUT_put("DONE")
    eqpy.OUT_put(json.dumps({"x": best[0][0], "y": best[0].fitness.values[0]}))
