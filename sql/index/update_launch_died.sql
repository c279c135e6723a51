-- A launch that has not ended when the next one starts has died.
UPDATE launch SET reason = 'died' WHERE reason IS NULL AND event < :event
