# A driver in R, which finds its file by a variable.
Rscript -e 'library(jsonlite)' 2>/dev/null || { echo "r-base-core or r-cran-jsonlite is not installed"; exit 77; }
cat >model.py <<'END'
def f(x):
    if x > 0.9:
        raise ValueError("too large")
    return {"y": (x - 0.25) ** 2}
END
cat >search.R <<'END'
source(Sys.getenv("RETRIAL_R"))
study <- retrial_connect()
failed <- 0
study$run(
  ask = function() list(x = runif(1, -1, 1)),
  tell = function(done) if (done$outcome == "failed") failed <<- failed + 1,
  trials = 30)
done <- study$map(list(list(x = 0.25), list(x = 1)))
cat(done[[1]]$value, is.null(done[[2]]$value), done[[2]]$outcome, failed > 0, "\n")
study$finish(study$best$params)
END
printf '%s\n' 'name: a' 'entry: model.py:f' 'driver: {command: [Rscript, search.R]}' 'objective: {minimize: y}' >a.yaml
retrial run -q -j 2 a.yaml 2>&1 | grep driver || true
retrial query --csv "SELECT count(*), min(y) FROM a"
