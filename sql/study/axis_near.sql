(
      SELECT (scaled_from + point / {stride} % {count} * scaled_step) / divisor
      FROM axis WHERE study = {study} AND axis = {axis}
    )
