-- Pairs and verdicts, for people.
CREATE VIEW replays AS
SELECT
  s.name AS replay,
  s.id || '.' || p.ordinal AS trial,
  p.repeat,
  coalesce((SELECT o.name FROM study AS o WHERE o.id = p.origin_study), p.origin_study) AS origin,
  p.origin_study || '.' || p.origin_ordinal AS origin_trial,
  p.origin_attempt,
  v.verdict,
  v.reason,
  s.study,
  p.ordinal,
  p.origin_ordinal
FROM pair AS p
JOIN study AS s USING (study)
LEFT JOIN verdict AS v USING (study, ordinal)
