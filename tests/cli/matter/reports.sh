# Parameters that do not matter are reported when a study ends, and again when it is asked for
# again; the two detectors apart. A study in order gets no warning.
. "$SOURCE/tests/cli/findings.bash"
cat >model.py <<'PYTHON'
import random, time
DEFAULTS = {"noise_gaussian": 0.1, "epochs": 2}

def renamed(params):
    """As in CANDLE: defaults, updated by params in which the swept key has another name."""
    merged = dict(DEFAULTS)
    merged.update(params)
    return {"loss": merged["noise_gaussian"] * merged["epochs"] * random.random(),
            "train_time": time.monotonic()}

def unread(params):
    return params["epochs"] * params.get("noise_gaussian", 0.5)

def keywords(epochs, **others):
    return {"loss": epochs * random.random()}

def named(epochs, gaussian_noise, extra):
    return epochs + gaussian_noise

def healthy(params):
    return params["epochs"] + params["gaussian_noise"] * params["extra"] + random.random()

def part(params):
    """Nothing to say of what only some levels read."""
    return {"loss": params["gaussian_noise"] if params["epochs"] > 2 else 0, "e": params["extra"]}

def broken(params):
    raise ValueError("no result, nothing known")
PYTHON
study() { # name, entry line, more
    cat >"$1.yaml" <<YAML
name: $1
$2
params: {extra: 1}
sweep:
  gaussian_noise: {from: 0, to: 0.4, step: 0.1}
  epochs: [1, 5]
replicates: 3
${3-}
YAML
    echo "-- $1"
    { retrial run "$1.yaml" 2>&1 || echo "exit $?"; } | grep -E '^warning|^exit' | in_the_end || true
}
for function in renamed unread keywords named healthy part broken; do
    study "$function" "entry: model.py:$function"
done
cat >train.sh <<'SH'
#!/bin/sh
echo "{\"loss\": $(($1 * RETRIAL_SEED % 1000)).5}"
SH
chmod +x train.sh
study command 'entry: {command: [./train.sh, "{epochs}"]}' 'objective: {minimize: loss}'
study per_trial "entry: model.py:keywords" 'seed: per-trial'
echo -- once more
retrial run renamed.yaml 2>&1 | grep ^warning | in_the_end
retrial run unread.yaml 2>&1 | grep ^warning | in_the_end
sqlite3 .retrial/index.sqlite "
    SELECT s.name, c.key, c.read, c.pairs, c.differing, c.left_out
    FROM axis_check AS c JOIN study AS s USING (study)
    WHERE s.name IN ('renamed', 'unread', 'command') ORDER BY c.study, c.key"
sqlite3 .retrial/index.sqlite "SELECT DISTINCT study, key FROM axis_pair ORDER BY 1, 2"
