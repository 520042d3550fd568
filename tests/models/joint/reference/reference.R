# Reference fits on visits.csv and people.csv (made by simulate.R): R packages JM and nlme.
# Usage: Rscript reference.R [dir with the two CSV files] [out.json] [sets, comma separated: jm,lme]
args <- commandArgs(TRUE)
dir <- if (length(args) > 0) args[1] else "."
out_path <- if (length(args) > 1) args[2] else file.path(dir, "reference.json")
sets <- strsplit(if (length(args) > 2) args[3] else "lme,jm", ",")[[1]]
suppressPackageStartupMessages({library(nlme); library(survival); library(splines); library(JM); library(jsonlite)})
visits <- read.csv(file.path(dir, "visits.csv"))
people <- read.csv(file.path(dir, "people.csv"))
visits$treated <- as.numeric(visits$treated); people$treated <- as.numeric(people$treated)
results <- if (file.exists(out_path)) read_json(out_path, simplifyVector = TRUE) else list()
pkg <- function(p) tryCatch(as.character(packageVersion(p)), error = function(e) NA)
results$versions <- as.list(c(R = as.character(getRversion()),
  sapply(c("JM", "nlme", "survival"), pkg)))
save_all <- function() write_json(results, out_path, auto_unbox = TRUE, digits = 12, pretty = TRUE, na = "null")
named <- function(x) as.list(setNames(as.vector(x), names(x)))

# Newton decrement: the gain in log-likelihood that one more exact Newton step would give
gain <- function(f) tryCatch(0.5 * c(f$Score %*% solve(f$Hessian, f$Score)), error = function(e) NA)

describe <- function(f, extra = list()) {
  cf <- f$coefficients
  V <- vcov(f); se <- sqrt(diag(V))
  r <- list(method = f$method, parameterization = f$parameterization,
    log_likelihood = f$logLik, newton_gain_left = gain(f), convergence_code = f$convergence,
    iterations = as.integer(f$iters), n = f$n, rows = f$N, events = sum(f$d),
    betas = named(cf$betas), sigma = cf$sigma, gammas = named(cf[["gammas"]]),
    alpha_value = as.vector(cf$alpha), alpha_slope = as.vector(cf$Dalpha),
    D = unname(as.matrix(cf$D)), D_names = colnames(f$x$Z),
    se = named(se), se_note = "T.* survival part; Y.sigma is of log sigma, T.sigma.t of log shape, T.xi.k of log xi.k, B.D* of the log-Cholesky terms of D",
    max_abs_score = max(abs(f$Score)),
    control = list(GHk = f$control$GHk, GKk = f$control$GKk))
  if (!is.null(cf$sigma.t)) r$weibull_shape <- cf$sigma.t
  if (!is.null(cf$xi)) { r$log_xi <- as.vector(log(cf$xi)); r$knots <- f$control$knots
    r$knots_note <- "internal knots as given; JM adds 1e-6 to each; first interval starts at 0, last one ends at max(end)+1" }
  c(r, extra)
}

# pack and unpack JM's working parameters (order of its Hessian; D as upper-triangular Cholesky factor with log diagonal)
to_theta <- function(f) {
  cf <- f$coefficients
  U <- chol(unname(as.matrix(cf$D))); diag(U) <- log(diag(U))
  parts <- list(betas = cf$betas, sigma = log(cf$sigma), gammas = cf[["gammas"]], alpha = cf$alpha, Dalpha = cf$Dalpha,
    sigma.t = if (!is.null(cf$sigma.t)) log(cf$sigma.t), xi = if (!is.null(cf$xi)) log(cf$xi), gammas.bs = cf[["gammas.bs"]],
    D = U[upper.tri(U, TRUE)])
  lapply(parts[!vapply(parts, is.null, TRUE)], unname)
}
to_init <- function(parts) {
  k <- round((sqrt(1 + 8 * length(parts$D)) - 1) / 2)
  U <- matrix(0, k, k); U[upper.tri(U, TRUE)] <- parts$D; diag(U) <- exp(diag(U))
  parts$D <- crossprod(U)
  for (nm in intersect(c("sigma", "sigma.t", "xi"), names(parts))) parts[[nm]] <- exp(parts[[nm]])
  parts
}
newton <- function(f) {
  parts <- to_theta(f)
  H <- (f$Hessian + t(f$Hessian)) / 2
  step <- -solve(H, f$Score)
  relist(unlist(as.relistable(parts)) + step * min(1, 1 / max(abs(step))), skeleton = as.relistable(parts))
}

# JM's own EM/BFGS stops about 0.01 below the maximum and is slow, so: full Newton steps on JM's own score and Hessian from
# JM's two-stage starting values, or 'start' (JM only evaluates: iter.EM = 0), with 5 nodes and then 9 (a), 7 (b) or 5 again (the rest; for value models 5 and 9 agree to 1e-7) per dimension, until one more
# step would gain < 1e-6; JM's own optimiser is used when a step fails
run_jm <- function(name, lme_fit, surv_fit, method, ..., control = list(), extra = list(), rounds = 3, start = NULL) {
  if (isTRUE(results[[name]]$converged)) return(invisible(NULL))       # already there: delete the JSON to refit
  t0 <- proc.time()
  results[[name]] <<- tryCatch({
    base <- modifyList(list(GHk = 7, GKk = 15), control)
    fit1 <- function(init, ctl) jointModel(lme_fit, surv_fit, timeVar = "time", method = method, ..., init = init, control = ctl)
    named_init <- function(parts) { i <- to_init(parts); names(i$betas) <- names(fixef(lme_fit)); i }
    say <- function(k, f) message(sprintf("%s round %s logLik %.7f gain %.2e (%.0f s)", name, k, f$logLik, gain(f), (proc.time() - t0)[[3]]))
    one_step <- list(only.EM = TRUE, iter.EM = 0)                       # evaluate at the given point only
    f <- fit1(start, modifyList(base, c(one_step, list(GHk = 5)))); say("starting values", f)
    parts <- newton(f); own <- NULL; ok <- FALSE
    for (k in 1:12) {                                                   # cheap rounds: 5 nodes
      last <- f$logLik
      f <- tryCatch(fit1(named_init(parts), modifyList(base, c(one_step, list(GHk = 5)))), error = function(e) NULL)
      if (!is.null(f)) say(paste("5 nodes", k), f)
      ok <- !is.null(f) && isTRUE(abs(gain(f)) < 1e-3)
      if (is.null(own) && !ok && (is.null(f) || !is.finite(gain(f)) || gain(f) < 0 || f$logLik < last - 0.01)) {
        f <- own <- fit1(NULL, modifyList(base, list(GHk = 3, GKk = 7))); say("JM's own optimiser, 3 nodes", f)
      }
      parts <- newton(f)
      if (ok) break
    }
    best <- NULL
    for (k in seq_len(rounds)) {                                        # final rounds: wanted nodes
      f <- fit1(named_init(parts), modifyList(base, one_step))
      say(paste(base$GHk, "nodes", k), f)
      if (is.null(best) || abs(gain(f)) < abs(gain(best))) best <- f
      if (isTRUE(abs(gain(best)) < 1e-6)) break
      parts <- newton(f)
    }
    d <- describe(best, extra)
    d$converged <- isTRUE(abs(d$newton_gain_left) < 1e-6); d$convergence_code <- NULL; d$iterations <- NULL
    ev <- eigen((best$Hessian + t(best$Hessian)) / 2, TRUE, TRUE)$values; d$hessian_min_eigenvalue <- min(ev)
    if (length(best$coefficients$alpha) == 2) {
      i <- length(best$coefficients$betas) + 1 + length(best$coefficients[["gammas"]]) + 1:2
      V <- vcov(best)[i, i]
      d$alpha_value_groups <- c(best$coefficients$alpha[[1]], sum(best$coefficients$alpha))
      d$alpha_value_groups_se <- sqrt(c(V[1, 1], sum(V))); d$alpha_value_se <- sqrt(diag(V))
    }
    d
  }, error = function(e) { cat(name, "FAILED:", conditionMessage(e), "\n"); list(error = conditionMessage(e)) })
  results[[name]]$seconds <<- (proc.time() - t0)[[3]]
  save_all()
  invisible(NULL)
}

# starting values for 'both': the 'value' fit with a slope association of 0
from_value <- function(r) {
  i <- list(betas = unlist(r$betas), sigma = r$sigma, D = as.matrix(r$D), gammas = unlist(r$gammas, use.names = FALSE),
    alpha = r$alpha_value, Dalpha = 0)
  if (!is.null(r$weibull_shape)) i$sigma.t <- r$weibull_shape
  if (!is.null(r$log_xi)) i$xi <- exp(r$log_xi)
  dimnames(i$D) <- NULL
  i
}
slope_form <- list(fixed = ~ 1 + treated, indFixed = c(2, 3), random = ~ 1, indRandom = 2)
ctl_lme <- lmeControl(maxIter = 200, msMaxIter = 500, opt = "nlminb", tolerance = 1e-10, msTol = 1e-12)
long <- lme(y ~ time + time:treated, random = ~ time | patient, data = visits, method = "ML", control = ctl_lme)
cox <- coxph(Surv(end, died) ~ treated + bulbar, data = people, x = TRUE)
pc_knots <- c(4, 8, 12, 16, 20)
lme_list <- function(f) list(log_likelihood = as.numeric(logLik(f)), betas = named(fixef(f)),
  se = named(sqrt(diag(f$varFix))), sigma = f$sigma, D = unname(as.matrix(getVarCov(f))[, , drop = FALSE]), method = f$method)

if ("lme" %in% sets) {
  results$lme_ml <- lme_list(long)
  results$i_lme_varident <- tryCatch({
    f <- lme(y ~ time + time:treated, random = ~ time | patient, data = visits, method = "ML", control = ctl_lme,
      weights = varIdent(form = ~ 1 | treated))
    ratio <- coef(f$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)
    c(lme_list(f), list(sigma_by_arm = named(f$sigma * ratio), varident_ratio = named(ratio)))
  }, error = function(e) list(error = conditionMessage(e)))
  save_all()
}

if ("jm" %in% sets) {
  run_jm("a_weibull_value", long, cox, "weibull-PH-aGH", control = list(GHk = 9))
  run_jm("a_weibull_slope", long, cox, "weibull-PH-aGH", parameterization = "slope", derivForm = slope_form, control = list(GHk = 9))
  run_jm("a_weibull_both", long, cox, "weibull-PH-aGH", parameterization = "both", derivForm = slope_form,
    start = from_value(results$a_weibull_value), control = list(GHk = 9))
  run_jm("b_piecewise_value", long, cox, "piecewise-PH-aGH", control = list(knots = pc_knots, GKk = 7))
  run_jm("b_piecewise_both", long, cox, "piecewise-PH-aGH", parameterization = "both", derivForm = slope_form,
    control = list(knots = pc_knots, GKk = 7), start = from_value(results$b_piecewise_value))
}
