# At its end a run names what did not succeed, the first twenty of it, and how to see more.
echo 'def f(i): raise ValueError("no\033[2J " * (i % 2 + 1))' > m.py
retrial run m.py:f -S i=1:25:1 2> "$HOME/log" || echo "exit $?"
id=$(retrial ls --csv | sed -n '2s/,.*//p')
grep -A 100 '^trial ' "$HOME/log" | sed -E "s/$id/K3F9TZ/g; s/ *$(hostname) */ HOST /; s/^(.*) +host +/\1 host /; s/-  -+  -+$/-  ---/" |
    sed -n '1p; 3,5p; 20,$p'
