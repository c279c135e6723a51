INSERT INTO process (launch, rank, worker, pid) VALUES (:launch, :rank, :worker, :pid) RETURNING process
