# What is wrong in a study file: one message with its place, exit code 2.
printf 'def train(lr): return {"loss": lr}\ndef two(lr, mom): return 1\nnumber = 3\n' > m.py
printf '#!/bin/sh\necho hi\n' > noexec.sh
wrong() { # the study file, as printf takes it
    printf "$1" > s.yaml
    retrial run s.yaml 2>&1 && echo "was taken: $1" || echo "exit $?"
}
mkdir folder.yaml
for file in folder.yaml missing.yaml; do retrial run $file 2>&1 || echo "exit $?"; done
wrong ''
wrong '\0\1\2\3'
wrong 'lr,loss\n1,2\n'
wrong 'sweep: {lr: [1]}\n'
wrong 'entry: m.py\n'
wrong 'entry: m.py:\n'
wrong 'entry: [m.py:train]\n'
wrong 'entry: mm.py:train\n'
wrong 'entry: m.py:trian\n'
wrong 'entry: m.py:number\n'
wrong 'entry: m.py:two\nsweep: {lr: [1]}\n'
wrong 'entry: ./x.sh --lr {lr}\nsweep: {lr: [1]}\n'
wrong 'command: [./x.sh, "{lr}"]\nsweep: {lr: [1]}\n'
wrong 'entry: {command: []}\nsweep: {lr: [1]}\n'
wrong 'entry: {command: [./missing.sh]}\n'
wrong 'entry: {command: [./noexec.sh]}\n'
wrong 'entry: {command: [not-a-program]}\n'
wrong 'entry: {command: [echo, "{rate}"]}\nsweep: {lr: [1]}\n'
wrong 'entry: m.py:train\nsweap: {lr: [1]}\n'
wrong 'entry: m.py:train\nsweep: {lr: []}\n'
wrong 'entry: m.py:train\nsweep: [lr]\n'
wrong 'entry: m.py:train\nsweep: {lr: {form: 0, to: 1, step: 1}}\n'
wrong 'entry: m.py:train\nsweep: {lr: {from: 0, to: 1, step: 0}}\n'
wrong 'entry: m.py:train\nsweep: {lr: {from: 0, to: 1, step: 0.3}}\n'
wrong 'entry: m.py:train\nsweep: {lr: {from: 1, to: 0, step: 0.1}}\n'
wrong 'entry: m.py:train\nsweep: {lr: [1]}\nreplicates: -1\n'
wrong 'entry: m.py:train\nsweep: {lr: [1]}\nreplicates: two\n'
wrong 'entry: m.py:train\nsweep: {lr: [1]}\nlimits: {timeout: 0}\n'
wrong 'entry: m.py:train\nsweep: {lr: [1]}\nobjective: loss\n'
wrong 'entry: m.py:train\nsweep: {lr: [1]}\nobjective: {minimise: loss}\n'
wrong 'entry: m.py:train\nsweep: {lr: [1]}\nname: ""\n'
wrong 'entry: m.py:train\nsweep: {lr: [1]}\nsweep: {lr: [2]}\n'
wrong 'entry: m.py:train\nsweep: {lr: [1]\n'
