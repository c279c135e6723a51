(
      SELECT value FROM axis_value
      WHERE study = {study} AND axis = {axis} AND level = point / {stride} % {count}
    )
