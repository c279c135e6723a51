# CANDLE's fault: the study sweeps gaussian_noise, the model reads noise_gaussian, and the params are
# merged over its defaults by update(). It is told while the study runs: the later trials wait for a
# file that is made once the warning has been seen on stderr, in `retrial status` and in the index.
cat >model.py <<'PYTHON'
import os, time

DEFAULTS = {"noise_gaussian": 0.1, "epochs": 1}

def wait_for(gate, noise):
    """The last levels cannot end before somebody has seen what the first ones showed."""
    while noise > 0.39 and not os.path.exists(gate):
        time.sleep(0.02)

def merged(params):
    config = dict(DEFAULTS)
    config.update(params)
    wait_for(config["gate"], config["gaussian_noise"])
    return {"loss": config["noise_gaussian"] * config["epochs"]}

def keywords(gate, epochs=1, noise_gaussian=0.1, **others):
    wait_for(gate, others["gaussian_noise"])
    return {"loss": noise_gaussian * epochs}

def unread(params):
    wait_for(params["gate"], len(os.listdir(params["ended"])) / 40)
    open(f'{params["ended"]}/{time.monotonic_ns()}-{os.getpid()}', "w").close()
    return params.get("noise_gaussian", 0.1) * params["epochs"]
PYTHON
cat >train.sh <<'SH'
#!/bin/sh
# $1: gate; the noise is in the file of params only, and is used to wait, not to train
noise=$(sed -E 's/.*"gaussian_noise": *([0-9.]+).*/\1/' "$RETRIAL_PARAMS")
while [ "${noise#0.4}" != "$noise" ] && [ ! -e "$1" ]; do sleep 0.05; done
echo '{"loss": 0.5}'
SH
chmod +x train.sh
seen() { # what to ask, and what is to be in the answer; gives up after two minutes
    local what=$1 wanted=$2
    for ((i = 0; i < 600; i++)); do
        if $what 2>&1 | grep -qF -- "$wanted"; then
            return 0
        fi
        sleep 0.2
    done
    echo "not seen by $what: $wanted"
}
stderr() { cat "$name.txt"; }
index() {
    retrial query "SELECT c.key || ' read=' || coalesce(c.read, '?') || ' pairs=' || (c.pairs >= 12) ||
        ' differing=' || c.differing FROM axis_check AS c JOIN study AS s USING (study)
        WHERE s.name = '$name' AND c.key = 'gaussian_noise'"
}
watch() { # name, entry, what is said, what the index has
    name=$1
    mkdir "$name.ended"
    cat >"$name.yaml" <<YAML
name: $name
entry: $2
params: {gate: $PWD/$name.go, ended: $PWD/$name.ended, epochs: 3}
sweep: {gaussian_noise: {from: 0, to: 0.475, step: 0.025}}
objective: {minimize: loss}
YAML
    echo "-- $name"
    retrial run "$name.yaml" -j 2 2>"$name.txt" &
    seen stderr "$3"
    seen "retrial status" "$3"
    seen index "$4"
    retrial query "SELECT count(*) < 20 AS 'it runs' FROM $name WHERE outcome = 'ok'" --csv
    touch "$name.go"
    wait $!
    echo in the end:
    sed '1,/trials done/d' "$name.txt"
}
same='"gaussian_noise" makes no difference'
never='"gaussian_noise" is swept but the model never reads it'
watch merged model.py:merged "$same" 'read=? pairs=1 differing=0'
watch keywords model.py:keywords "$same" 'read=? pairs=1 differing=0'
watch unread model.py:unread "$never" 'read=no'
watch command '{command: [./train.sh, "{gate}"]}' "$same" 'read=? pairs=1 differing=0'
/usr/bin/python3 -m venv --without-pip --copies other
export VIRTUAL_ENV=$PWD/other
watch guest_merged model.py:merged "$same" 'read=? pairs=1 differing=0'
watch guest_unread model.py:unread "$never" 'read=no'
