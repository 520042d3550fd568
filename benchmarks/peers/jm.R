# Peer timing: R package JM, Weibull baseline, current value + current slope.
# Usage: Rscript jm.R visits.csv people.csv
# Prints one line of JSON. CPU seconds are of the fits alone (lme, coxph, joint model), reading and loading excluded.
args <- commandArgs(TRUE)
suppressPackageStartupMessages({library(nlme); library(survival); library(JM)})
visits <- read.csv(args[1]); people <- read.csv(args[2])
visits <- visits[order(visits$patient, visits$time), ]; people <- people[order(people$patient), ]
stopifnot(identical(unique(visits$patient), people$patient))
spent <- function(a, b) sum((b - a)[c(1, 2, 4, 5)], na.rm = TRUE)
t0 <- proc.time()
long <- lme(y ~ time + time:treated, random = ~ time | patient, data = visits, method = "ML")
cox <- coxph(Surv(end, died) ~ treated, data = people, x = TRUE)
t1 <- proc.time()
fit <- jointModel(long, cox, timeVar = "time", method = "weibull-PH-aGH", parameterization = "both",
  derivForm = list(fixed = ~ 1 + treated, indFixed = c(2, 3), random = ~ 1, indRandom = 2))
s <- summary(fit)                                # standard errors belong to the fit
t2 <- proc.time()
hwm <- tryCatch(as.numeric(gsub("[^0-9]", "", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024,
  error = function(e) NA)
L <- s$`CoefTable-Long`; E <- s$`CoefTable-Event`
num <- function(x) if (length(x) == 1 && is.finite(x)) format(x, digits = 10) else "null"
item <- function(k, v) sprintf('"%s": %s', k, num(v))
cat("{", paste(c('"tool": "JM weibull-PH-aGH"', sprintf('"version": "%s"', packageVersion("JM")),
  item("n", nrow(people)), item("rows", nrow(visits)), item("events", sum(people$died)),
  item("cpu_s", spent(t0, t2)), item("cpu_first_stage_s", spent(t0, t1)), item("wall_s", (t2 - t0)[[3]]),
  item("peak_rss_mb", hwm), item("log_likelihood", fit$logLik), item("convergence_code", fit$convergence),
  item("GHk", fit$control$GHk),
  item("time_treated", L["time:treated", 1]), item("time_treated_se", L["time:treated", 2]),
  item("alpha_value", E["Assoct", 1]), item("alpha_value_se", E["Assoct", 2]),
  item("alpha_slope", E["Assoct.s", 1]), item("alpha_slope_se", E["Assoct.s", 2])), collapse = ", "), "}\n")
