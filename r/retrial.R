# Propose trials to Retrial from R: the R side of docs/drivers.md. Needs jsonlite.
#
#   source(Sys.getenv("RETRIAL_R"))
#   study <- retrial_connect()
#   study$run(ask = function() list(x = runif(1, -10, 10)), trials = 40)
#   study$finish(study$best$params)
#
# docs/drivers-r.md tells more.

retrial_connect <- function() {
  numbers <- Sys.getenv(c("RETRIAL_DRIVER_IN", "RETRIAL_DRIVER_OUT"))
  if (any(numbers == "")) {
    stop("this program was not started as a driver: write `driver: {command: [Rscript, FILE.R]}` ",
         "in a study file, and run that with `retrial run`", call. = FALSE)
  }
  read <- file(paste0("/dev/fd/", numbers[1]), "rb", raw = TRUE)
  write <- file(paste0("/dev/fd/", numbers[2]), "wb", raw = TRUE)
  retrial_study(read, write)
}

# Numbers as the protocol has them, at any depth: with all digits, of which toJSON() has 15, and those
# that are not finite.
.retrial_plain <- function(value) {
  if (is.list(value)) return(lapply(value, .retrial_plain))
  if (!is.numeric(value) || length(value) == 0) return(value)
  if (!all(is.finite(value))) {
    if (length(value) > 1) return(lapply(as.list(value), .retrial_plain))
    return(list(`$float` = if (is.na(value)) "nan" else if (value > 0) "inf" else "-inf"))
  }
  text <- paste0(sprintf("%.17g", value), collapse = ",")
  structure(if (length(value) > 1) paste0("[", text, "]") else text, class = "json")
}

.retrial_read <- function(value) {
  if (!is.list(value)) return(value)
  if (identical(names(value), "$float")) {
    return(switch(value[[1]], nan = NaN, inf = Inf, -Inf))
  }
  lapply(value, .retrial_read)
}

# As a name: 100000, not 1e+05.
.retrial_key <- function(id) if (is.numeric(id)) sprintf("%.0f", id) else as.character(id)

.retrial_object <- function(items) {
  if (length(items)) items else stats::setNames(list(), character(0))
}

retrial_study <- function(read, write) {
  study <- new.env()
  open <- new.env()
  arrived <- list()
  heard <- 0 # outcomes, those in arrived included
  answers <- new.env()
  look <- NULL # is called with reports of running trials
  next_id <- 0
  next_request <- 0

  put <- function(message) {
    text <- jsonlite::toJSON(.retrial_plain(message), auto_unbox = TRUE, json_verbatim = TRUE,
                             null = "null")
    tryCatch({
      writeLines(enc2utf8(text), write, useBytes = TRUE)
      flush(write)
    }, error = function(e) NULL) # nobody reads any more: take() will tell
  }

  take <- function() {
    line <- readLines(read, 1, warn = FALSE, encoding = "UTF-8")
    if (length(line) == 0) quit(status = 0) # the launch is over
    message <- .retrial_read(jsonlite::fromJSON(line, simplifyVector = FALSE))
    for (one in message$report) if (is.function(look)) look(one)
    for (one in message$done) end(one)
    if (!is.null(message$answer)) {
      assign(.retrial_key(message$answer$to), message$answer$value, envir = answers)
    }
    if (!is.null(message$stop)) study$stopping <- message$stop
    if (!is.null(message$error)) stop(message$error, call. = FALSE)
    message
  }

  # The objective's metric; without an objective "value", or the only number there is.
  value_of <- function(metrics) {
    numbers <- Filter(function(x) is.numeric(x) && length(x) == 1, metrics)
    name <- study$metric
    if (is.null(name)) {
      name <- if ("value" %in% names(numbers)) "value" else if (length(numbers) == 1) names(numbers)
    }
    if (is.null(name)) NULL else numbers[[name]]
  }

  end <- function(one) {
    one$value <- if (identical(one$outcome, "ok")) value_of(one$metrics)
    arrived[[length(arrived) + 1]] <<- one
    heard <<- heard + 1
    key <- .retrial_key(one$id)
    if (!isTRUE(one$earlier) && exists(key, envir = open, inherits = FALSE)) {
      left <- get(key, envir = open) - 1
      if (left == 0) rm(list = key, envir = open) else assign(key, left, envir = open)
    }
    if (is.null(one$value) || !is.finite(one$value)) return(invisible())
    better <- is.null(study$best) ||
      (if (study$minimize) one$value < study$best$value else one$value > study$best$value)
    if (better) study$best <- one
  }

  ask <- function(what) {
    number <- next_request
    next_request <<- next_request + 1
    put(list(ask = what, n = number))
    key <- .retrial_key(number)
    while (!exists(key, envir = answers, inherits = FALSE)) take()
    value <- get(key, envir = answers)
    rm(list = key, envir = answers)
    value
  }

  # Asks for trials, each a named list; their ids. Ends R quietly if the study takes no more.
  study$submit_all <- function(many, tags = NULL, priority = NULL, replicates = 1) {
    if (!is.null(study$stopping)) quit(status = 0)
    made <- lapply(many, function(params) {
      id <- next_id
      next_id <<- next_id + 1
      assign(.retrial_key(id), replicates, envir = open)
      one <- list(id = id, params = .retrial_object(as.list(params)))
      if (length(tags)) one$tags <- tags
      if (!is.null(priority)) one$priority <- priority
      if (replicates != 1) one$replicates <- replicates
      one
    })
    for (first in seq(1, by = 256, length.out = ceiling(length(made) / 256))) {
      put(list(submit = made[first:min(first + 255, length(made))]))
    }
    vapply(made, function(one) one$id, 0)
  }

  study$submit <- function(params, ...) study$submit_all(list(params), ...)

  # From now on call(report) is called for what running trials report, while the driver waits for
  # something else: a list with id, trial, attempt, step, metrics.
  study$on_report <- function(call) {
    look <<- call
    put(list(reports = is.function(call)))
  }

  # Lets a running trial end as pruned; gives it new parameters, a named list.
  study$stop_trial <- function(report, reason = "stopped") {
    put(list(tell = list(list(trial = report$trial, stop = reason))))
  }
  study$set_params <- function(report, params) {
    put(list(tell = list(list(trial = report$trial, params = .retrial_object(as.list(params))))))
  }

  # Waits for the next trial to end: a list with id, params, outcome, metrics, value, ...
  study$next_done <- function() {
    while (length(arrived) == 0) take()
    one <- arrived[[1]]
    arrived[[1]] <<- NULL
    one
  }

  # Results for several params, in their order.
  study$map <- function(many, ...) {
    ids <- study$submit_all(many, ...)
    results <- list()
    keys <- vapply(ids, .retrial_key, "")
    while (!all(keys %in% names(results))) {
      done <- study$next_done()
      results[[.retrial_key(done$id)]] <- done
    }
    unname(results[keys])
  }

  # Keeps `in_flight` trials open. ask() gives params, or NULL: nothing more until a trial has
  # ended; tell(done) is told of each. Ends when `trials` have been asked for, or ask() gives NULL
  # while nothing is open, and what is open has ended.
  study$run <- function(ask, tell = function(done) NULL, trials = Inf,
                        in_flight = study$in_flight) {
    asked <- 0
    repeat {
      batch <- list()
      while (length(ls(open)) + length(batch) < in_flight && asked < trials &&
             is.null(study$stopping)) {
        params <- ask()
        if (is.null(params)) break
        batch[[length(batch) + 1]] <- params
        asked <- asked + 1
      }
      if (length(batch)) study$submit_all(batch)
      if (length(ls(open)) == 0 && length(arrived) == 0) return(invisible(study$best))
      done <- study$next_done()
      tell(done)
    }
  }

  study$cancel <- function(ids) put(list(cancel = as.list(ids)))
  study$set_priority <- function(ids, priority) put(list(priority = priority, ids = as.list(ids)))
  study$capacity <- function() ask("capacity")
  study$time <- function() ask("time")
  study$random <- function() ask("random")
  study$save <- function(text) {
    put(list(save = as.character(jsonlite::toJSON(list(`next` = next_id, state = text),
                                                  auto_unbox = TRUE)),
             told = heard - length(arrived)))
  }
  study$finish <- function(value = NULL) put(list(finish = value))

  greeting <- take()
  hello <- greeting$hello
  if (is.null(hello)) stop("expected a hello from the engine", call. = FALSE)
  if (hello$protocol != 1) {
    stop("the engine speaks protocol ", hello$protocol, ", and this is 1: use the file that came ",
         "with the engine", call. = FALSE)
  }
  study$name <- hello$study
  study$params <- hello$params
  study$space <- hello$space
  study$seed <- hello$seed
  study$args <- hello$args
  study$trials <- hello$trials
  study$in_flight <- if (is.null(hello$in_flight)) hello$capacity else hello$in_flight
  study$metric <- hello$objective$metric
  study$minimize <- identical(hello$objective$goal, "minimize")
  study$resume <- hello$resume
  if (!is.null(hello$state)) {
    kept <- jsonlite::fromJSON(hello$state)
    study$state <- kept$state
    next_id <- kept$`next`
  }
  study$open <- hello$open
  study$history <- list()
  if (study$resume %in% c("tell", "state")) { # what ended before is told before an answer
    ask("time")
    study$history <- arrived
    arrived <- list()
  }
  set.seed(as.integer(study$seed %% 2147483647))
  study
}
