retrial completion || echo "exit code $?"
retrial completion bash zsh || echo "exit code $?"
retrial --store || echo "exit code $?"
retrial help --version=3 || echo "exit code $?"
