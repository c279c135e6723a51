# A trial that the plan no longer has is still known.
. "$SOURCE/tests/cli/made.bash"
make_noise
sed -i 's/step: 0.1/step: 0.2/' noise.yaml
retrial run noise.yaml 2> "$HOME/log" || cat "$HOME/log"
retrial show noise.2 | grep -E '^(trial|status|outcome|revision|replicate|params|  noise)'
retrial show noise.1 | grep -E '^(trial|status|outcome|revision|replicate|params|  noise)'
retrial show noise | grep -E '^(trials|retired|revisions)'
