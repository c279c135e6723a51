-- The value of a swept parameter at a point of the plan.
(
      SELECT CASE
        WHEN scaled_from IS NOT NULL
          THEN (scaled_from + point / stride % count * scaled_step) / divisor
        ELSE (
          SELECT value FROM axis_value
          WHERE study = {study} AND axis = {axis} AND level = point / stride % count
        )
      END
      FROM axis WHERE study = {study} AND axis = {axis}
    )
