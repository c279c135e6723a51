retrial help >&-
