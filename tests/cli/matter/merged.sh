# The ways in which models merge the params that they get with their defaults. The study sweeps
# gaussian_noise, the models read noise_gaussian. One that takes the whole dict may have read it:
# it is told by what came of it. One that asks item by item is told by its questions, too.
. "$SOURCE/tests/cli/findings.bash"
cat >model.py <<'PYTHON'
import argparse, collections, dataclasses

DEFAULTS = {"noise_gaussian": 0.1, "epochs": 1, "extra": 0}

def loss(get):
    return {"loss": get("noise_gaussian") + get("epochs") * 10 + get("extra")}

def update(params):
    config = dict(DEFAULTS)
    config.update(params)
    return loss(config.get)

def display(params):
    return loss({**DEFAULTS, **params}.get)

def merge(params):
    return loss((DEFAULTS | params).get)

def namespace(params):
    parsed = argparse.Namespace(**{**DEFAULTS, **params})
    return loss(vars(parsed).get)

def attributes(params):
    """CANDLE's own: the arguments of a command line, overwritten by params one by one."""
    parsed = argparse.Namespace(**DEFAULTS)
    for key, value in params.items():
        setattr(parsed, key, value)
    return loss(lambda key: getattr(parsed, key))

def keywords(**params):
    return loss({**DEFAULTS, **params}.get)

def chain(params):
    return loss(collections.ChainMap(params, DEFAULTS).__getitem__)

def missing(params):
    return loss(lambda key: params.get(key, DEFAULTS[key]))

def setdefault(params):
    for key, value in DEFAULTS.items():
        params.setdefault(key, value)
    return loss(params.get)

@dataclasses.dataclass
class Config:
    noise_gaussian: float = 0.1
    epochs: int = 1
    extra: float = 0

def dataclass(params):
    names = [field.name for field in dataclasses.fields(Config)]
    config = Config(**{name: params[name] for name in names if name in params})
    return loss(lambda key: getattr(config, key))

def reverse(params):
    """The other way round: the defaults win, under the right name."""
    params.update({"gaussian_noise": 0.1})
    return {"loss": params["gaussian_noise"] + params["epochs"] * 10 + params["extra"]}

def in_order(params):
    config = {"gaussian_noise": 0.1}
    config.update(params)
    return {"loss": config["gaussian_noise"] + config["epochs"] * 10}
PYTHON
/usr/bin/python3 -m venv --without-pip --copies other
warnings() { # in a store of this name
    retrial run $function.yaml --store "$PWD/$1" 2>&1 | grep ^warning | in_the_end || true
}
for function in update display merge namespace attributes keywords chain missing setdefault dataclass \
    reverse in_order; do
    cat >$function.yaml <<YAML
name: $function
entry: model.py:$function
params: {extra: 1}
sweep: {gaussian_noise: {from: 0, to: 0.4, step: 0.1}, epochs: [1, 5]}
YAML
    echo "-- $function"
    warnings embedded
done
for function in update attributes chain; do
    diff <(VIRTUAL_ENV=$PWD/other warnings guest) \
        <(retrial run $function.yaml --store "$PWD/embedded" 2>&1 | grep ^warning | in_the_end) &&
        echo "$function: the guest says the same"
done
