# Whenever a conductor is killed, its home is whole, and the next launch on its host loses nothing.
. "$SOURCE/tests/cli/home.bash"
export RETRIAL_HOT=$HOME/hot
cat > m.py <<'PYTHON'
def train(x):
    print("y" * 5000 + str(x))
    return {"loss": x / 4}
PYTHON
printf 'name: m\nentry: m.py:train\nsweep: {x: "1:60:1"}\n' > m.yaml
done_in() { retrial --store "$1" query "SELECT count(*) FROM \"m.attempts\" WHERE outcome = 'ok'" --csv 2> /dev/null | tail -n 1; }
for k in 1 2 3; do
    retrial run m.yaml -j 2 --quiet --home home --publish 100ms 2> "$HOME/said" &
    run=$!
    sleep "0.$((k * 2 + 1))$k"
    kill -9 $run 2> /dev/null || true
    wait $run 2> /dev/null || true
    [ -e .retrial ] && [ -e home ] || continue
    mv .retrial kept # the home is asked, not the hot store
    retrial --store home check > "$HOME/checked" 2>&1 ||
        grep 'nothing was published' "$HOME/checked" > /dev/null || cat "$HOME/checked"
    mv kept .retrial
done
retrial run m.yaml -j 2 --quiet --home home
done_in .retrial
mv .retrial hot
done_in home
retrial --store home query 'SELECT count(outcome) FROM m' --csv | tail -n 1
