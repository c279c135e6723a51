# Runs an algorithm that was written for EMEWS' EQ/R: python/retrial/eqr_driver.py starts it.
# The algorithm is a script that hands out batches of parameters by OUT_put() and waits for their
# results in IN_get(). Needs R and nothing else.

.retrial_eqr <- local({
  put <- file(paste0("/dev/fd/", Sys.getenv("RETRIAL_EQR_OUT")), "wb", raw = TRUE)
  get <- file(paste0("/dev/fd/", Sys.getenv("RETRIAL_EQR_IN")), "rb", raw = TRUE)
  list(
    OUT_put = function(value) {
      text <- enc2utf8(paste0(as.character(value), collapse = ";"))
      bytes <- charToRaw(text) # as writeChar() would translate them to the locale's
      cat(length(bytes), "\n", sep = "", file = put)
      writeBin(bytes, put)
      flush(put)
      invisible(NULL)
    },
    IN_get = function() {
      size <- readLines(get, 1, warn = FALSE)
      if (length(size) == 0) quit(status = 0) # the launch is over
      text <- readBin(get, "raw", as.integer(size))
      text <- rawToChar(text)
      Encoding(text) <- "UTF-8"
      text
    }
  )
})
OUT_put <- .retrial_eqr$OUT_put
IN_get <- .retrial_eqr$IN_get

set.seed(as.integer(Sys.getenv("RETRIAL_EQR_SEED")))
local({
  path <- commandArgs(trailingOnly = TRUE)[1]
  tryCatch(
    sys.source(path, envir = globalenv()),
    error = function(e) {
      OUT_put("EQR_ABORT")
      OUT_put(conditionMessage(e))
      quit(status = 0)
    }
  )
})
