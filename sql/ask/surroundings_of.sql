-- Where an attempt ran, and with what.
SELECT a.host, a.cpu, l.comm, l.comm_version, l.version
FROM agent AS a JOIN launch AS l USING (launch)
WHERE a.launch = :launch AND a.rank = :rank
