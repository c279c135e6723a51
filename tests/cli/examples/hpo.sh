# A sampler of Optuna proposes hyperparameters of the breast-cancer network.
python3 -c 'import optuna, sklearn' 2>/dev/null || { echo "python3-optuna is not installed"; exit 77; }
cp "$SOURCE"/examples/hpo/* .
sed -i 's/trials: 60/trials: 30/' hpo.yaml
retrial run -q -j 2 hpo.yaml
sqlite3 .retrial/index.sqlite '
    SELECT count(*), count(DISTINCT lr) > 25, max(val_acc) > 0.95, min(layers) >= 1, max(units) <= 64 FROM hpo'
retrial query convergence --study hpo --csv | tail -n 1 | cut -d , -f 1
retrial query importance --study hpo --csv | wc -l
