# One simulated trial-like data set for reference fits (our own data, free to reuse).
# Usage: Rscript simulate.R [out_dir]
#
# y(t)       = 38 - 0.95 t + 0.30 t*treated + b0 + b1 t + e,  SD(b0) 4.5, SD(b1) 0.45, corr 0.2, SD(e) 1.8
# log_nfl(t) = 4 + 0.02 t + u + e2, SD(u) 0.5, corr(u, b1) -0.3, corr(u, b0) 0, SD(e2) 0.2
# death:      h(t) = h0_site(t) exp(-0.09 m(t) - 0.80 m'(t) + 0.35 bulbar + 0 treated), m the error-free y
#             site A: Weibull shape 1.4; site B: Weibull shape 2.2 (same cumulative hazard at 12 months)
# withdrawal: exponential, 0.01 a month, independent. Administrative censoring uniform on 12 to 28 months.
args <- commandArgs(TRUE)
out <- if (length(args)) args[1] else "."
set.seed(20240611)
n <- 250
treated <- rep(0:1, length.out = n)
bulbar <- rbinom(n, 1, 0.3)
site <- sample(c("A", "B"), n, TRUE)
SD <- c(4.5, 0.45, 0.5)
R <- diag(3); R[1, 2] <- R[2, 1] <- 0.2; R[2, 3] <- R[3, 2] <- -0.3
B <- matrix(rnorm(3 * n), n) %*% chol(diag(SD) %*% R %*% diag(SD))
slope <- -0.95 + 0.30 * treated + B[, 2]
level <- 38 + B[, 1]
shape <- ifelse(site == "A", 1.4, 2.2)
rate12 <- 1.1                                   # baseline cumulative hazard at 12 months before the linear predictor
log_h0 <- function(t, k) log(rate12) + log(k) - k * log(12) + (k - 1) * log(t)
hazard <- function(t, i)
  exp(log_h0(t, shape[i]) - 0.09 * (level[i] + slope[i] * t) - 0.80 * slope[i] + 0.35 * bulbar[i])
# the substitution t = s^(1/k) removes the t^(k-1) factor at 0
cum <- function(t, i) {
  k <- shape[i]
  integrate(function(s) { x <- s^(1 / k); hazard(x, i) * x^(1 - k) / k }, 0, t^k, rel.tol = 1e-9)$value
}
goal <- -log(runif(n))
death <- vapply(seq_len(n), function(i) {
  if (cum(40, i) < goal[i]) 40 else uniroot(function(t) cum(t, i) - goal[i], c(1e-6, 40), tol = 1e-9)$root
}, 0)
withdrawal <- rexp(n, 0.01)
censor <- runif(n, 12, 28)
end <- pmin(death, withdrawal, censor)
people <- data.frame(patient = seq_len(n), end = pmax(round(end, 4), 0.01),
  died = as.integer(death <= end), withdrew = as.integer(withdrawal <= end & withdrawal < death),
  treated, bulbar, site)
visits <- do.call(rbind, lapply(seq_len(n), function(i) {
  t <- seq(0, 24, 3); t <- t[t <= people$end[i]]
  data.frame(patient = i, time = t, y = round(level[i] + slope[i] * t + rnorm(length(t), 0, 1.8), 4),
    log_nfl = round(4 + 0.02 * t + B[i, 3] + rnorm(length(t), 0, 0.2), 4),
    treated = treated[i], bulbar = bulbar[i], site = site[i])
}))
write.csv(visits, file.path(out, "visits.csv"), row.names = FALSE, quote = FALSE)
write.csv(people, file.path(out, "people.csv"), row.names = FALSE, quote = FALSE)
cat("n", n, "rows", nrow(visits), "deaths", sum(people$died), "withdrawals", sum(people$withdrew),
  "max end", max(people$end), "min end", min(people$end), "\n")
