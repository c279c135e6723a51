# Misspelt commands, options, settings, studies, trials, tables, columns and stores.
. "$SOURCE/tests/cli/made.bash"
make_noise
echo 'def train(lr): return lr' > m.py
wrong() { retrial "$@" 2>&1 && echo "was taken: $*" || echo "exit $?"; }
wrong rnu
wrong run
wrong run m.py
wrong run m.py:trian -S lr=1
wrong run mm.py:train -S lr=1
wrong run m.py:train -S lr
wrong run m.py:train -S lr=
wrong run m.py:train -S =1
wrong run m.py:train -S lr=0:1
wrong run m.py:train -S lr=1,1
wrong run m.py:train -S lr=1 -S lr=2
wrong run m.py:train --replicate 3
wrong run m.py:train -j two
wrong run m.py:train --replicates=two
wrong run m.py:train --replicates -1
wrong run m.py:train --replicates 0
wrong run m.py:train --timeout soon -S lr=1
wrong run m.py:train --retries few -S lr=1
wrong run m.py:train --memory much -S lr=1
wrong run m.py:train --gpus all -S lr=1
wrong run m.py:train --threads 0 -S lr=1
wrong run m.py:train --isolation total -S lr=1
wrong run m.py:train --name a/b -S lr=1
wrong run m.py:train --maximize a --minimize b -S lr=1
wrong run noise.yaml --timeout 3s
wrong run m.py: -S lr=1
wrong run python3 m.py --lr '{lr}' -S lr=1
wrong run python3 m.py -S lr=1
wrong run m.py:train -S lr=0.1, 0.2
wrong run m.py:train -S lr=1 mom=2
wrong run 'python3 m.py --lr {lr}' -S lr=1
wrong run ./m.py -S lr=1
wrong run :train -S lr=1
wrong run ../m.py:train -S lr=1
wrong run m.py:train -S lr=1 --save noise.yaml
wrong run m.py:train -S lr=1 --save study
wrong run m.py:train -S lr=1 --save missing/study.yaml
wrong run -S lr=1
wrong run -S lr=1 --
wrong run -S lr=1 -- ./missing.sh '{lr}'
wrong run -S lr=1 -- echo '{rate}'
wrong run "$(printf '\377.py:train')" -S lr=1
wrong run m.py:train -S "$(printf 'lr=\377')"
wrong query best --study noise --limit
wrong run m.py:train --store m.py
wrong run noise.yaml extra
wrong ls --store m.py
wrong ls --store missing
wrong ls niose
wrong resume
wrong resume niose
wrong resume nois.1
wrong show
wrong show noise.99 | sed 's/[a-z0-9]*\.\(1\|6\|99\)\b/ID.\1/g'
wrong show niose.1
wrong log noise
wrong log noise.x
wrong status noise
wrong stop
wrong stop noise
wrong query "SELECT nois FROM noise"
wrong query "SELECT noise FROM niose"
wrong query 'SELECT noise FROM "noise.attempts"'
wrong query "SELEC noise"
wrong query "DROP TABLE study"
wrong query bset --study noise
wrong query best --study niose
wrong query noise2
wrong query best --study noise --metric ac
wrong query best
wrong help rnu
sed -i 's/^retrial store 1/retrial store 99/' .retrial/format
wrong ls
wrong run noise.yaml
echo "rubbish" > .retrial/format
wrong ls
