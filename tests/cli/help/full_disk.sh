retrial help > /dev/full
