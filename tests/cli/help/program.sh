retrial --help | sed -n 1,2p
retrial help help
