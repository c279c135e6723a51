def train(params):
    return 0.0
