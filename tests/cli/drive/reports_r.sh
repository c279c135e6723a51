# A driver in R stops a trial that runs, and gives another new parameters.
Rscript -e 'library(jsonlite)' 2>/dev/null || { echo "r-base-core or r-cran-jsonlite is not installed"; exit 77; }
cat >model.py <<'PYTHON'
import time

import retrial


def f(x):
    for step in range(4000):
        answer = retrial.report(step, y=x, wait=True)
        if answer.params:
            return {"y": answer.params["y"]}
        time.sleep(0.005)
PYTHON
cat >search.R <<'END'
source(Sys.getenv("RETRIAL_R"))
study <- retrial_connect()
told <- c()
study$on_report(function(report) {
  if (report$trial %in% told) return()
  told <<- c(told, report$trial)
  if (report$metrics$y > 0) study$stop_trial(report, "above") else study$set_params(report, list(y = 7))
})
done <- study$map(list(list(x = 1), list(x = -1)))
study$finish(list(done[[1]]$outcome, done[[2]]$value))
END
printf '%s\n' 'name: a' 'entry: model.py:f' 'driver: {command: [Rscript, search.R]}' 'objective: {minimize: y}' >a.yaml
retrial run -q -j 2 a.yaml 2>&1 | grep driver || true
retrial query --csv "SELECT x, outcome, y FROM a ORDER BY x"
retrial query --csv "SELECT \"by\", substr(stop, 1, 13) AS stop, params FROM decision ORDER BY ordinal"
