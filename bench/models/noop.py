"""The cheapest model there is: what is measured around it is ours."""


def noop(params):
    return {"y": 2.0 * params["x"]}
