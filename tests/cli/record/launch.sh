# What is recorded of a launch: how it was started and where, with what, and no secret of it. Memory
# and GPUs are those of a node that is made up.
mkdir -p lib/some_tool-1.2.3.dist-info lib/Old.Tool.egg-info
printf 'Metadata-Version: 2.1\nName: Old.Tool\nVersion: 0.9\n' >lib/Old.Tool.egg-info/PKG-INFO
echo 'def f(x): return x' >model.py
printf 'name: one\nentry: model.py:f\nsweep: {x: [1, 2]}\n' >one.yaml
/usr/bin/python3 -m venv --without-pip --copies other
(cat one.yaml; echo 'python: other/bin/python3') | sed 's/one/two/' >two.yaml
(cat one.yaml; echo 'each: {memory: 1536MiB}') | sed 's/one/three/' >three.yaml
(cat one.yaml; echo 'each: {memory: 5GiB}') | sed 's/one/four/' >four.yaml
for bus in 07 0a; do
    mkdir -p root/proc/driver/nvidia/gpus/0000:$bus:00.0
    printf 'Model: \t\t NVIDIA A100-SXM4-40GB\nGPU UUID: \t GPU-%s\n' $bus \
        >root/proc/driver/nvidia/gpus/0000:$bus:00.0/information
done
echo 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19' \
    >root/proc/driver/nvidia/version
printf 'MemTotal:       8388608 kB\nMemAvailable:   4194304 kB\n' >root/proc/meminfo
export RETRIAL_HOST_ROOT=$PWD/root PYTHONPATH=$PWD/lib
unset CUDA_VISIBLE_DEVICES HIP_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES RETRIAL_GPUS PBS_JOBID LSB_JOBID FLUX_JOB_ID JOB_ID ${!SLURM_@}

env SLURM_JOB_ID=4711 SLURM_FOO_TOKEN=s3cret LOADEDMODULES=gcc/12.2:cuda/12.1 \
    FOO_TOKEN=s3cret AWS_ACCESS_KEY_ID=s3cret TF_MIRROR=https://me:s3/cret@host.example/ \
    TORCH_HOME='https://h.example/?sig=1&token=s3cret' UCX_TLS=tcp MY_OWN=unrelated \
    retrial run one.yaml -j 1 -q 2>/dev/null
retrial run two.yaml -j 1 -q 2>/dev/null
env PBS_JOBID=12.pbs retrial run three.yaml -j 8 -q 2>/dev/null
retrial run four.yaml -j 8 -q 2>told || echo "exit $?"
grep memory told | sed "s/ $(uname -n) / HOST /"

index() {
    echo "-- $1"
    sqlite3 .retrial/index.sqlite "$2"
}
index "where no secret is" "SELECT key, value FROM launch, json_each(record, '\$.env')
    WHERE launch = 1 AND (key GLOB 'SLURM*' OR key GLOB '*TOKEN*' OR key GLOB 'AWS*'
    OR key IN ('TF_MIRROR', 'TORCH_HOME') OR key GLOB 'UCX*' OR key GLOB 'MY*') ORDER BY key"
grep -rlE 's3/?cret' .retrial || echo "none is in the store"
index "job and modules" "SELECT launch, record ->> '\$.job.system', record ->> '\$.job.id',
    record ->> '\$.modules' FROM launch"
index "host" "SELECT DISTINCT l.host = a.host, a.cpu = l.cpu, a.cores = l.cores, a.memory_kib,
    a.gpus, a.gpu, a.gpu_driver FROM launch AS l JOIN agent AS a USING (launch)"
index "workers that memory is there for" "SELECT launch, slots, coalesce(record ->> '\$.failed', '')
    LIKE 'each trial is to have 5.00 GiB%' FROM agent"
index "interpreters" "SELECT launch, python_executable LIKE '%/other/bin/python3',
    python = (SELECT python FROM agent WHERE launch = 1), packages IS NOT NULL FROM agent"
index "packages" "SELECT launch, name, version FROM launch_package
    WHERE name IN ('some-tool', 'old-tool')"
retrial show three | sed -n '/^launches/,$p' | grep -E '^ +(job|hosts|workers|gpu)' |
    sed "s/$(uname -n)/HOST/"
echo "-- params are recorded as they are, and who gives a secret is told"
echo 'def g(password): return 1' >secret.py
retrial run secret.py:g -S password=hunter2 -q 2>&1
index "the command hides it" "SELECT command FROM launch ORDER BY launch DESC LIMIT 1"
