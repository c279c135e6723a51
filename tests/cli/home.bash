# For tests of stores with a home; sourced by them.
#
# a/ and b/ are two mounts of data/ that share no locks, as a network file system has them on two
# hosts; here and there run a command on one of two hosts, each with a name, a kernel that was booted, a
# machine id and a local disk of its own; renamed, on the first after it got another name.
export RETRIAL_HOT=$HOME/hot
need_mounts() {
    [ "$(id -u)" = 0 ] || { echo "only root may mount and name hosts"; exit 77; }
    command -v bindfs > /dev/null || { echo "bindfs is not there"; exit 77; }
    unshare --uts true 2> /dev/null || { echo "no host can be named here"; exit 77; }
    mkdir data a b
    bindfs data a 2> "$HOME/log" || { echo "FUSE is not to be had: $(head -n 1 "$HOME/log")"; exit 77; }
    trap unmount EXIT
    bindfs data b
}

unmount() {
    local status=$?
    [ $status = 0 ] || { echo "ends with $status; what was said last:"; cat "$HOME/said"; } >&2
    jobs -p | xargs -r kill -9 2> /dev/null || true
    wait
    for _ in 1 2 3 4 5; do
        fusermount -u a 2> /dev/null || true
        fusermount -u b 2> /dev/null || true
        mountpoint -q a || mountpoint -q b || break
        sleep 0.2
    done
    return $status
}

on() { # host, folder it sees the data in, command
    cd "$2"
    export RETRIAL_HOT=$HOME/disk-$1 HOST_IS=$HOME/is-$1
    if [ ! -e "$HOST_IS" ]; then
        local new=$HOST_IS.$BASHPID
        mkdir "$new"
        cat /proc/sys/kernel/random/uuid > "$new/boot"
        tr -d - < /proc/sys/kernel/random/uuid > "$new/machine"
        mv -T "$new" "$HOST_IS" 2> /dev/null || true # another one was faster
    fi
    # shellcheck disable=SC2016 # the inner shell is to expand these
    exec unshare --uts --mount bash -c 'hostname "$0" &&
        mount --bind "$HOST_IS/boot" /proc/sys/kernel/random/boot_id &&
        { [ ! -e /etc/machine-id ] || mount --bind "$HOST_IS/machine" /etc/machine-id; } && exec "$@"' \
        "${NAMED:-$1}" "${@:3}"
}
here() { (on here a "$@"); }
there() { (on there b "$@"); }
renamed() { (NAMED=renamed on here a "$@"); }
when_dead() { # a command on the other host, which waits no longer than it must for one that is
    RETRIAL_TAKEOVER=500ms there "$@"
}
start() { # host, folder, command: its process is $run, what it says in $HOME/said
    (on "$@") 2> "$HOME/said" &
    run=$!
}
kill_it() { # the process, and what it left
    kill -9 $run
    wait $run 2> /dev/null || true
}

# Trials from the fourth on wait for $GO.
make_slow() {
    export GO=$HOME/go
    cat > "$1/slow.py" <<'PYTHON'
import os
import time


def train(i):
    while i > 3 and not os.path.exists(os.environ["GO"]):
        time.sleep(0.02)
    print("y" * 9000)
    return i
PYTHON
    printf 'name: slow\nentry: slow.py:train\nsweep: {i: "1:6:1"}\n' > "$1/slow.yaml"
}

until_says() { # what, command
    local k
    for ((k = 0; k < 400; k++)); do
        "${@:2}" 2> /dev/null | grep -q "$1" && return
        sleep 0.05
    done
    echo "\"$1\" was not said by: ${*:2}"
    "${@:2}" || true
    return 1
}

# Pids, hosts' times, folders' names.
plain() {
    sed -E 's/process [0-9]+/process PID/g; s|/disk-([a-z]+)/[0-9a-f-]+/|/disk-\1/HOME/|g
        s/complete (at [^ ]+ by its clock|[0-9.]+ (us|ms|s) ago),/complete WHEN,/
        s/event [0-9]+/event N/g; s/[0-9]+ events/N events/g; s/, [0-9.]+\/(s|min).*//
        s/ \([0-9.]+\/(s|min)\)//; s/[0-9]+ running/N running/'
}
