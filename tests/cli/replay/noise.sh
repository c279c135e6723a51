# The noise study at a quarter of its size and epochs: verified, and replayed with noisy inputs, with
# other seeds, and at half the epochs. Seeds are paired, so that what is not touched does not differ.
cp "$SOURCE/examples/noise/model.py" "$SOURCE/examples/noise/noise.yaml" .
retrial run noise.yaml -S epochs=6 -S label_noise=0,0.25,0.5 --replicates 3 -q -j 2
retrial verify noise -q -j 2 | head -1
retrial replay noise -S feature_noise=0.5 --name shaken -q -j 2 > /dev/null 2>&1
retrial replay noise --seed fresh --name reseeded -q -j 2 > /dev/null
retrial replay noise -S 'epochs*=0.5' --name half -q -j 2 > /dev/null
retrial query "SELECT s.name, d.metric, d.n, d.sd > 0 AS differs, d.low <= d.mean AND d.mean <= d.high AS inside FROM difference AS d JOIN study AS s USING (study) WHERE s.name <> 'noise_verify' AND d.metric IN ('realised_noise', 'val_loss')" --csv
retrial query 'SELECT DISTINCT epochs FROM half' --csv
