# Data of our own for the comparison with nlme: one dose by mouth, eight levels each; and a biexponential decline.
# Run: Rscript simulate.R   (writes oral.csv and decline.csv)
set.seed(20261123)
n <- 30
times <- c(0.25, 0.5, 1, 2, 4, 8, 12, 24)
oral <- do.call(rbind, lapply(seq_len(n), function(person) {
  ka <- exp(log(1.4) + 0.40 * rnorm(1)); cl <- exp(log(3) + 0.25 * rnorm(1)); v <- exp(log(32) + 0.15 * rnorm(1))
  dose <- sample(c(200, 300, 400), 1); ke <- cl / v
  conc <- dose * ka / (v * (ka - ke)) * (exp(-ke * times) - exp(-ka * times))
  data.frame(person = sprintf("P%02d", person), dose = dose, time = times, conc = conc + 0.4 * rnorm(length(times)))
}))
write.csv(format(oral, digits = 9), "oral.csv", row.names = FALSE, quote = FALSE)
decline <- do.call(rbind, lapply(seq_len(n), function(person) {
  a1 <- exp(1.0 + 0.25 * rnorm(1)); r1 <- exp(0.8 + 0.20 * rnorm(1)); a2 <- exp(-0.3 + 0.30 * rnorm(1)); r2 <- exp(-1.4)
  conc <- a1 * exp(-r1 * times) + a2 * exp(-r2 * times)
  data.frame(person = sprintf("P%02d", person), time = times, conc = conc + 0.05 * rnorm(length(times)))
}))
write.csv(format(decline, digits = 9), "decline.csv", row.names = FALSE, quote = FALSE)
