# A table shows the first fifty trials, all else shows all.
echo 'def f(i): return i' > m.py
retrial run m.py:f -S i=1:120:1 2> "$HOME/log" || cat "$HOME/log"
study=$(retrial ls --csv | sed -n '2s/^\([a-z0-9]*\),.*/\1/p')
retrial ls "$study" | wc -l
retrial ls "$study" --limit 0 | wc -l
retrial ls "$study" --csv 2> "$HOME/err" | wc -l
cat "$HOME/err"
retrial ls "$study" --csv -n 7 2> /dev/null | wc -l
