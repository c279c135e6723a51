-- Workers that have GPUs to themselves.
CREATE TABLE worker (
  launch INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  worker INTEGER NOT NULL, -- from 0
  devices TEXT NOT NULL, -- as CUDA_VISIBLE_DEVICES names them
  PRIMARY KEY (launch, rank, worker)
) WITHOUT ROWID
