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


def spoils(params):
    """Says what it got, and leaves it changed."""
    got = repr(sorted(params.items()))
    params["list"].append(1)
    params["tree"]["leaf"] = 7
    params["new"] = params.pop("x")
    return {"got": got}


def says(params):
    """Now and then."""
    if params["x"] % 50 == 7:
        print(params["x"])
    return {"y": params["x"]}
