# Reference fits of the event alone on people.csv (made by simulate.R): R package survival and a Poisson regression.
# Usage: Rscript survival.R [dir with people.csv] [out.json]
# log_likelihood is of the follow-up times in months, so it compares with a joint model without association, less the measures' part.
args <- commandArgs(TRUE)
dir <- if (length(args) > 0) args[1] else "."
out_path <- if (length(args) > 1) args[2] else file.path(dir, "survival.json")
suppressPackageStartupMessages({library(survival); library(jsonlite)})
people <- read.csv(file.path(dir, "people.csv"))
named <- function(x) as.list(setNames(as.vector(x), names(x)))

# accelerated failure time to proportional hazards: shape 1/scale, log hazard ratios -coefficient/scale
weibull <- function(status) {
  f <- survreg(as.formula(sprintf("Surv(end, %s) ~ treated + bulbar", status)), data = people, dist = "weibull",
    control = survreg.control(rel.tolerance = 1e-12, maxiter = 200))
  list(log_likelihood = f$loglik[2], shape = 1 / f$scale, gammas = named(-coef(f) / f$scale))
}

# piecewise constant hazards: Poisson regression on split records, whose likelihood differs by the log exposures at the events
piecewise <- function(data, hazard, knots = c(8, 16)) {
  split <- survSplit(Surv(entry, end, died) ~ ., data = data, cut = knots, episode = "piece")
  split$exposure <- split$end - split$entry
  f <- glm(as.formula(paste("died ~ 0 +", hazard, "+ treated + bulbar + offset(log(exposure))")), family = poisson, data = split,
    control = glm.control(epsilon = 1e-14, maxit = 100))
  list(log_likelihood = as.numeric(logLik(f)) - sum(log(split$exposure[split$died == 1])), n = nrow(data),
    coefficients = named(coef(f)), se = named(sqrt(diag(vcov(f)))), knots = knots)
}
at_once <- transform(people, entry = 0)
# even patients enter at month 3, and those who left before are not in
delayed <- subset(transform(people, entry = ifelse(patient %% 2 == 0, 3, 0)), entry < end)

# the same with nobody entering late, by Breslow's partial likelihood: what a free baseline gives
cox <- coxph(Surv(end, died) ~ treated + bulbar, data = people, ties = "breslow")

write_json(list(versions = list(R = as.character(getRversion()), survival = as.character(packageVersion("survival"))),
  weibull = weibull("died"), withdrawal = weibull("withdrew"),
  by_site = piecewise(at_once, "factor(piece):site"), delayed = piecewise(delayed, "factor(piece)"),
  cox = list(coefficients = named(coef(cox)), se = named(sqrt(diag(vcov(cox)))))),
  out_path, auto_unbox = TRUE, digits = 12, pretty = TRUE)
