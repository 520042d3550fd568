# Reference accuracy of predicted risks for tests/models/test_prediction_accuracy.py, by riskRegression's Score.
# Run in this folder: Rscript reference_prediction_accuracy.R (on Debian the package is r-cran-riskregression)
# It writes reference_prediction_accuracy.json: the data, made here, and what Score finds.
# Times have one decimal, so events and censorings tie; no window ends at a time that occurs.
suppressMessages({library(riskRegression); library(prodlim); library(survival)})
set.seed(20261123)
n <- 160
sign <- rnorm(n)
entry <- round(ifelse(runif(n) < 0.3, 0, runif(n, 0, 8)), 1)
death <- rexp(n, 0.06 * exp(0.8 * sign))
other <- rexp(n, 0.03 * exp(-0.3 * sign))
leaves <- entry + rexp(n, 0.05)
time <- pmax(round(pmin(death, other, leaves), 1), 0.1)
event <- ifelse(leaves < pmin(death, other), 0, ifelse(death < other, 1, 2))
risk <- round(plogis(-0.6 + 0.9 * sign + rnorm(n, 0, 0.7)), 2)
d <- data.frame(entry, time, event, risk)
d <- d[d$entry < d$time, ]

measure <- function(name, landmark, horizon, late, competing) {
  x <- d[d$time > landmark & (!late | d$entry <= landmark), ]
  x$time <- x$time - landmark
  x$event <- if (competing) x$event else as.integer(x$event == 1)
  formula <- if (competing) Hist(time, event) ~ 1 else Surv(time, event) ~ 1
  found <- Score(list(model = matrix(x$risk, ncol = 1)), formula = formula, data = x, times = horizon, cause = 1,
    cens.model = "km", metrics = c("auc", "brier"), summary = "ipa", conf.int = TRUE, null.model = TRUE)
  auc <- found$AUC$score
  brier <- found$Brier$score
  number <- function(v) formatC(v, digits = 12, format = "g")
  paste0("    {\"name\": \"", name, "\", \"landmark\": ", landmark, ", \"horizon\": ", horizon,
    ", \"late_entry\": ", tolower(late), ", \"competing\": ", tolower(competing),
    ",\n     \"at_risk\": ", nrow(x),
    ", \"cases\": ", sum(x$event == 1 & x$time <= horizon),
    ", \"censored_before_horizon\": ", sum(x$event == 0 & x$time <= horizon),
    ",\n     \"auc\": ", number(auc$AUC[auc$model == "model"]),
    ", \"auc_std_error\": ", number(auc$se[auc$model == "model"]),
    ",\n     \"brier\": ", number(brier$Brier[brier$model == "model"]),
    ", \"reference_brier\": ", number(brier$Brier[brier$model == "Null model"]),
    ", \"scaled_brier\": ", number(brier$IPA[brier$model == "model"]), "}")
}
column <- function(name) paste0("    \"", name, "\": [", paste(format(d[[name]], trim = TRUE), collapse = ", "), "]")
writeLines(paste0(
  "{\n  \"version\": \"R ", getRversion(), ", riskRegression ", packageVersion("riskRegression"), "\",\n  \"people\": {\n",
  paste(sapply(names(d), column), collapse = ",\n"), "\n  },\n  \"measured\": [\n",
  paste(c(measure("from the beginning", 0, 10.05, FALSE, FALSE),
    measure("landmark", 4, 6.05, FALSE, FALSE),
    measure("landmark and late entry", 4, 8.05, TRUE, FALSE),
    measure("other events end follow-up", 0, 10.05, FALSE, TRUE),
    measure("other events, landmark and late entry", 3, 9.05, TRUE, TRUE)), collapse = ",\n"),
  "\n  ]\n}"), "reference_prediction_accuracy.json")
