CREATE INDEX process_by_worker ON process (launch, rank, worker, pid)
