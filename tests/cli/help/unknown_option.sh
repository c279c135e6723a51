retrial help --stor x
