# Looks at points all over the range at once, then where it was best, one by one.

OUT_put("Params")
settings <- eval(parse(text = paste0("list(", IN_get(), ")")))

evaluate <- function(x) {
  OUT_put(paste0(sprintf('{"x": %.17g}', x), collapse = ";"))
  as.numeric(strsplit(IN_get(), ";")[[1]])
}

x <- seq(settings$low, settings$high, length.out = settings$points)
y <- evaluate(x)
at <- x[which.min(y)] # NaN is passed over
step <- x[2] - x[1]
found <- optimize(evaluate, c(max(settings$low, at - step), min(settings$high, at + step)),
                  tol = 0.01)

OUT_put("DONE")
OUT_put(sprintf('{"x": %.17g, "y": %.17g}', found$minimum, found$objective))
