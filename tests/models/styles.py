"""Functions of all the forms that a study may name."""


def keywords(a, b, extra=3):
    return {"sum": a + b + extra}


def anything(**params):
    return {"sum": params["a"] + params["b"]}


def single(config):
    return {"sum": config["a"] + config["b"]}


def nothing(params):
    return 0


def wrong(a, bb):
    return a


def more(a, b, c):
    return a


value = 3
