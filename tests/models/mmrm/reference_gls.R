# Reference fit for tests/models/mmrm/test_fit.py, by nlme's gls with a free covariance matrix over visits.
# Run in this folder: Rscript reference_gls.R
# It writes reference_gls.csv (the data, made here) and reference_gls.json (what gls finds).
library(nlme)
set.seed(20261122)
people <- 60
d <- expand.grid(visit = 1:4, patient = 1:people)
d$arm <- ifelse(d$patient %% 2 == 0, "active", "placebo")
baseline <- rnorm(people, 38, 5)
d$baseline <- round(baseline[d$patient], 1)
own <- rnorm(people, -1, 0.6)
d$score <- round(d$baseline + own[d$patient] * 3 * d$visit + 0.2 * 3 * d$visit * (d$arm == "active") +
  rnorm(nrow(d), 0, 2), 1)
# Later visits are missed more often, and more by people whose last score was low.
seen <- runif(nrow(d)) > plogis(-3 + 0.5 * d$visit - 0.05 * (d$score - 38))
d <- d[seen, ]
d$visit <- factor(d$visit)
fit <- gls(score ~ baseline + arm * visit, data = d, method = "REML",
  correlation = corSymm(form = ~ as.integer(visit) | patient), weights = varIdent(form = ~ 1 | visit),
  control = glsControl(tolerance = 1e-12, msTol = 1e-12, opt = "optim", maxIter = 500, msMaxIter = 2000))
everyone <- names(which(table(d$patient) == 4))[1]
sigma <- getVarCov(fit, individual = everyone)
write.csv(d, "reference_gls.csv", row.names = FALSE)
number <- function(x) paste0("[", paste(formatC(x, digits = 12, format = "g"), collapse = ", "), "]")
writeLines(paste0(
  "{\n  \"log_likelihood\": ", formatC(as.numeric(logLik(fit)), digits = 12, format = "g"),
  ",\n  \"terms\": [", paste0("\"", names(coef(fit)), "\"", collapse = ", "), "]",
  ",\n  \"estimate\": ", number(coef(fit)),
  ",\n  \"std_error\": ", number(sqrt(diag(vcov(fit)))),
  ",\n  \"sigma\": ", number(as.vector(sigma)),
  ",\n  \"version\": \"R ", getRversion(), ", nlme ", packageVersion("nlme"), "\"\n}"), "reference_gls.json")
