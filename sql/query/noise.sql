-- How a metric depends on a parameter, level by level
--
-- Mean, sample standard deviation (sd) and 95 % confidence interval of the mean (Student's t, for
-- metrics that scatter normally) over the n trials that are ok, of all that are planned. If the
-- study has a metric that tells what a parameter came to in fact, like realised_noise, its mean
-- stands beside what was asked for.
--
-- --by is the parameter (the first that is swept), --metric the metric (the objective), --realised
-- the metric of what came of the parameter (realised_KEY, or else the first that starts so).
WITH
  -- Quantiles of Student's t, two-sided, 95 %. Beyond 30 degrees of freedom its expansion in
  -- 1 / degrees (Abramowitz and Stegun 26.7.5) is right to seven digits.
  student (degrees, t) AS (
    VALUES
      (1, 12.706204736), (2, 4.302652730), (3, 3.182446305), (4, 2.776445105), (5, 2.570581837),
      (6, 2.446911849), (7, 2.364624251), (8, 2.306004135), (9, 2.262157163), (10, 2.228138852),
      (11, 2.200985160), (12, 2.178812830), (13, 2.160368656), (14, 2.144786688),
      (15, 2.131449546), (16, 2.119905299), (17, 2.109815578), (18, 2.100922040),
      (19, 2.093024054), (20, 2.085963447), (21, 2.079613845), (22, 2.073873068),
      (23, 2.068657610), (24, 2.063898562), (25, 2.059538553), (26, 2.055529439),
      (27, 2.051830516), (28, 2.048407142), (29, 2.045229642), (30, 2.042272456)
  ),
  point AS (
    SELECT
      {realised},
      {by} AS _level,
      CASE WHEN outcome = 'ok' AND typeof({metric}) IN ('integer', 'real') THEN {metric} END
        AS _value
    FROM {view}
  ),
  centred AS (
    SELECT *, _value - avg(_value) OVER (PARTITION BY _level) AS _off FROM point
  ),
  level AS (
    SELECT
      avg({realised}) AS {realised},
      _level,
      count(_value) AS _n,
      count(*) AS _planned,
      avg(_value) AS _mean,
      sqrt(sum(_off * _off) / (count(_value) - 1)) AS _sd
    FROM centred
    GROUP BY _level
  ),
  interval AS (
    SELECT
      *,
      _sd / sqrt(_n) * coalesce(
        t,
        1.959963984540 + 2.372271230 / (_n - 1) + 2.822498616 / ((_n - 1) * (_n - 1))
          + 2.555849680 / ((_n - 1) * (_n - 1) * (_n - 1))
          + 1.589534053 / ((_n - 1) * (_n - 1) * (_n - 1) * (_n - 1))
      ) AS _half
    FROM level
    LEFT JOIN student ON degrees = _n - 1
  )
SELECT
  _level AS {by},
  {realised},
  _n AS n,
  _planned AS "of",
  _mean AS mean,
  _sd AS sd,
  _mean - _half AS ci95_low,
  _mean + _half AS ci95_high
FROM interval
ORDER BY _level
