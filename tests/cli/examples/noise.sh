# The study of the README, once plainly and once more.
cp -r "$SOURCE/examples/noise" .
retrial run noise/noise.yaml
retrial run noise/noise.yaml
sqlite3 noise/.retrial/index.sqlite "
    SELECT label_noise, count(*) AS n, abs(avg(realised_noise) - label_noise) < 0.02 AS as_asked,
           CASE WHEN avg(val_acc) > 0.9 THEN 'learns' WHEN avg(val_acc) < 0.65 THEN 'guesses' END
    FROM noise WHERE label_noise IN (0, 0.05, 0.45, 0.5) GROUP BY label_noise"
