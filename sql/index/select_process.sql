SELECT process
FROM process
WHERE launch = :launch AND rank = :rank AND worker IS :worker AND pid IS :pid
