-- The last verdicts on a replay, all of one event, and whether they are younger than all of its
-- attempts. Counted, as grouping would sort them; of the rest ask verdict_others.sql.
SELECT
  count(*),
  count(*) FILTER (WHERE verdict = 'IDENTICAL'),
  count(*) FILTER (WHERE verdict = 'DIFFERENT'),
  min(event) > (SELECT coalesce(max(event), 0) FROM {rows})
FROM verdict
WHERE study = :study
