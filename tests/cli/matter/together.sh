# Parameters that change together (zipped, listed, sampled) are judged together, as no two trials
# differ in one of them alone; and by themselves where trials do. Reads are told apart in any case.
cat >model.py <<'PYTHON'
def neither(params):
    return {"loss": params["epochs"] * 2}

def renamed(params):
    """The keys are taken, and other ones used."""
    config = {"lr_rate": 0.1, "epochs": 1}
    config.update(params)
    return {"loss": config["lr_rate"] * config["epochs"]}

def one(params):
    """Of two that change together, one matters. The other is asked for and not used."""
    return {"loss": params["width"] * params["epochs"] + 0 * params["lr"]}

def listed(params):
    return {"loss": params["epochs"] * 3 + params.get("never", 0) * 0 + params["width"] * 0}

def branches(params):
    """The momentum is asked for, and not used; so is decay, where it is there."""
    params.get("momentum")
    return {"loss": params["optimizer"] == "sgd" or params["beta"]}
PYTHON
study() { # name, function, what is swept
    cat >"$1.yaml" <<YAML
name: $1
entry: model.py:$2
$3
YAML
    echo "-- $1"
    retrial run "$1.yaml" -j 1 2>&1 | grep -E '^(warning|retrial)' || true
}
zipped='sweep: {zip: {width: [16, 32, 64, 128, 256], lr: [0.1, 0.2, 0.3, 0.4, 0.5]}, epochs: [1, 2]}'
study zip_neither neither "$zipped"
study zip_renamed renamed "$zipped"
study zip_one one "$zipped"
drawn='sample: {lr: "loguniform(1e-4, 1e-1)", width: "int(16, 512)"}
samples: 10
sweep: {epochs: [1, 2]}'
study drawn_neither neither "$drawn"
study drawn_renamed renamed "$drawn"
study drawn_one one "$drawn"
# width is 16 in all; epochs differ alone nowhere, lr in three pairs, and it lacks where it is not null
study list_some listed 'list:
  - {width: 16, epochs: 1, lr: 0.1}
  - {width: 16, epochs: 1, lr: 0.2}
  - {width: 16, epochs: 1, lr: null}
  - {width: 16, epochs: 1}
  - {width: 16, epochs: 2, lr: 0.1}
  - {width: 16, epochs: 2, lr: 0.3}'
study list_same renamed 'list:
  - {width: 16, lr: 0.1, deep: {er: 1}}
  - {width: 16, lr: 0.2, deep: {er: 2}}
  - {width: 16, lr: 0.3, deep: {er: 3}}
  - {width: 16, lr: 0.3, deep: {er: 4}}'
study list_of_runs neither 'list:
  - {id: RUN0, epochs: 1, gaussian_noise: 0.1}
  - {id: RUN1, epochs: 1, gaussian_noise: 0.2}
  - {id: RUN2, epochs: 1, gaussian_noise: 0.3}
  - {id: RUN3, epochs: 1, gaussian_noise: 0.4}'
study under_conditions branches 'sweep:
  optimizer: [sgd, adam]
  momentum: {values: [0, 0.5, 0.9], when: optimizer == sgd}
  decay: {values: [0, 0.1], when: momentum > 0.5}
  beta: {values: [0.8, 0.9], when: optimizer == adam}
replicates: 3'
study one_level listed 'sweep: {width: [16], epochs: [1, 2], lr: [0.1]}'
echo -- the index
retrial query --csv "SELECT s.name, c.key, c.members, c.read, c.pairs, c.differing
    FROM axis_check AS c JOIN study AS s USING (study) ORDER BY c.study, c.members, c.key"
retrial show zip_neither | sed -n '/^swept/,/^revisions/p'
# More levels: the comparing goes on; another partner: it starts anew.
sed -i 's/256\]/256, 512]/; s/0.5\]/0.5, 0.6]/' zip_renamed.yaml
retrial run zip_renamed.yaml 2>&1 | grep ^warning
sed -i 's/lr:/wd:/' zip_renamed.yaml
retrial run zip_renamed.yaml 2>&1 | grep ^warning
