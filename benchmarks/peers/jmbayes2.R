# Peer timing: R package JMbayes2, current value + current slope, three chains of 3,500 draws (500 of them burn-in), one after the other.
# Usage: Rscript jmbayes2.R visits.csv people.csv
# Prints one line of JSON. CPU seconds are of the fits alone (lme, coxph, joint model), reading and loading excluded.
args <- commandArgs(TRUE)
suppressPackageStartupMessages(library(JMbayes2))
visits <- read.csv(args[1]); people <- read.csv(args[2])
spent <- function(a, b) sum((b - a)[c(1, 2, 4, 5)], na.rm = TRUE)
t0 <- proc.time()
long <- lme(y ~ time + time:treated, random = ~ time | patient, data = visits, control = lmeControl(opt = "optim"))
cox <- coxph(Surv(end, died) ~ treated, data = people)
t1 <- proc.time()
fit <- jm(cox, long, time_var = "time", functional_forms = ~ value(y) + slope(y), cores = 1L, n_chains = 3L, n_iter = 3500L, n_burnin = 500L)
s <- summary(fit)
t2 <- proc.time()
hwm <- tryCatch(as.numeric(gsub("[^0-9]", "", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024,
  error = function(e) NA)
num <- function(x) if (length(x) == 1 && is.finite(x)) format(x, digits = 10) else "null"
item <- function(k, v) sprintf('"%s": %s', k, num(v))
cat("{", paste(c('"tool": "JMbayes2"', sprintf('"version": "%s"', packageVersion("JMbayes2")),
  item("n", nrow(people)), item("rows", nrow(visits)), item("events", sum(people$died)),
  item("cpu_s", spent(t0, t2)), item("cpu_first_stage_s", spent(t0, t1)), item("wall_s", (t2 - t0)[[3]]),
  item("peak_rss_mb", hwm), item("time_treated", s$Outcome1["time:treated", "Mean"]),
  item("alpha_value", s$Survival["value(y)", "Mean"]), item("alpha_slope", s$Survival["slope(y)", "Mean"]),
  item("largest_rhat", max(s$Survival[, "Rhat"], s$Outcome1[, "Rhat"], na.rm = TRUE))), collapse = ", "), "}\n")
