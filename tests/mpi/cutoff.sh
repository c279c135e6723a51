#!/usr/bin/env bash
# Usage: cutoff.sh RETRIAL, with $MPI set; as root, who may make network namespaces (else it is skipped).
# Two namespaces are two hosts with a cable between them, and a rank on each. In the middle of a launch the
# cable is pulled: the agent of rank 1 is given up, and rank 0 runs its trials. When the cable is back so is the
# agent, and what it ended meanwhile is kept as late. All trials have one result.
set -eu
retrial=$1
work=$(mktemp -d)
name=rt$$
clean() {
    for end in a b; do
        ip netns pids $name$end 2>/dev/null | xargs -r kill -KILL 2>/dev/null || true
    done
    ip netns del ${name}a 2>/dev/null || true
    ip netns del ${name}b 2>/dev/null || true
    rm -rf "$work"
}
if [ "$(id -u)" != 0 ] || ! ip netns add ${name}a 2>/dev/null; then
    echo "skipped: no network namespace can be made here"
    rm -rf "$work"
    exit 77
fi
trap clean EXIT
export TMPDIR=$work/tmp
mkdir "$TMPDIR" "$work/study"
ip netns add ${name}b
if ! ip link add cable netns ${name}a type veth peer name cable netns ${name}b 2>/dev/null; then
    echo "skipped: no pair of network devices can be made here"
    exit 77
fi
for end in a b; do
    number=$([ $end = a ] && echo 1 || echo 2)
    ip -n $name$end addr add 10.214.7.$number/24 dev cable
    ip -n $name$end link set cable up
    ip -n $name$end link set lo up
done
for end in a b; do # a second or so until a new device says that it runs
    while ! ip -n $name$end link show cable | grep -q 'state UP'; do sleep 0.1; done
done

# What launchers take for ssh: "a host" is a namespace with a name of its own.
cat >"$work/reach" <<END
#!/bin/sh
while [ "\${1#-}" != "\$1" ]; do shift; done
case \$1 in *.1) end=a ;; *) end=b ;; esac
shift
exec ip netns exec $name\$end unshare -u sh -c "hostname host\$end; \$*"
END
chmod +x "$work/reach"
case $MPI in
mpich) pass= hosts=-hosts
    export UCX_TLS=tcp,self UCX_NET_DEVICES=cable # it would see that the hosts share memory
    launch="mpiexec.mpich -launcher ssh -launcher-exec $work/reach -iface cable" ;;
openmpi) pass="-x RETRIAL_MODULES -x TMPDIR" hosts=-host
    launch="mpiexec.openmpi --allow-run-as-root --mca plm_rsh_agent $work/reach
    --mca btl tcp,self --mca btl_tcp_if_include cable --mca oob_tcp_if_include cable" ;;
esac

number() { # SQL
    "$retrial" --store "$work/study/.retrial" query --csv "$1" 2>/dev/null | tail -n 1
}

await() { # pattern
    for ((i = 0; i < 600; i++)); do
        ! grep -q "$1" "$work/out" || return 0
        kill -0 "$mpiexec" 2>/dev/null || break
        sleep 0.1
    done
    echo "nobody said: $1" >&2
    cat "$work/out" >&2
    exit 1
}

cat >"$work/study/slow.py" <<'END'
import time


def run(params):
    time.sleep(0.4)
    return {"y": params["x"] * 2}
END
cat >"$work/study/slow.yaml" <<'END'
name: slow
entry: slow.py:run
sweep: {x: {from: 1, to: 50, step: 1}}
END
# shellcheck disable=SC2086 # words
ip netns exec ${name}a unshare -u sh -c 'hostname hosta; exec "$@"' sh $launch -n 2 \
    $hosts 10.214.7.1,10.214.7.2 $pass \
    "$retrial" run -q -j 1 --silence 3 "$work/study/slow.yaml" >"$work/out" 2>&1 &
mpiexec=$!
for ((i = 0; i < 300; i++)); do
    done=$(number "SELECT count(*) FROM slow WHERE outcome = 'ok' AND rank = 1" || true)
    [ "${done:-0}" -lt 2 ] 2>/dev/null || break
    sleep 0.1
done
ip -n ${name}a link set cable down
await 'rank 1 on hostb was silent for .* s and is given up'
ip -n ${name}a link set cable up
await 'rank 1 on hostb is back'
wait $mpiexec && code=0 || code=$?
echo "mpiexec returned $code"
[ "$code" = 0 ] || { cat "$work/out" >&2; exit 1; }
ok=$(number "SELECT count(*) FROM slow WHERE outcome = 'ok' AND y = 2 * x")
late=$(number "SELECT count(*) FROM \"slow.attempts\" WHERE late AND rank = 1 AND outcome = 'ok'")
twice=$(number "SELECT count(*) FROM (SELECT ordinal FROM \"slow.attempts\"
    WHERE outcome = 'ok' AND NOT late GROUP BY ordinal HAVING count(*) > 1)")
echo "$ok ok, $late late, $twice twice"
[ "$ok" = 50 ] && [ "$late" -ge 1 ] && [ "$twice" = 0 ]
