(({from}) + point / {stride} % {count} * ({step})) / {divisor}
