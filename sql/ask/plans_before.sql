-- Every plan that was accepted before an event, the latest first.
SELECT study, revision, accepted, event FROM plan WHERE event < :event ORDER BY event DESC
