# A shell script, with parameters in its words.
cp "$SOURCE"/examples/command/* .
retrial run compress.yaml
sqlite3 .retrial/index.sqlite '
    SELECT repeats, level, count(*), round(avg(bits_per_base)) FROM compress
    GROUP BY repeats, level'
