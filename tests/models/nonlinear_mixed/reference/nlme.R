# Fits of oral.csv and decline.csv by nlme (its own iteration of linear mixed models; Lindstrom & Bates 1990).
# Run after simulate.R: Rscript nlme.R   (writes nlme.json)
library(nlme)
told <- function(fit, names) {
  s <- summary(fit); v <- VarCorr(fit)
  sd <- as.numeric(v[, "StdDev"]); names(sd) <- rownames(v)
  f <- function(x) paste0("[", paste(format(as.numeric(x), digits = 12), collapse = ", "), "]")
  sprintf('{"fixed": %s, "std_error": %s, "sd": %s, "sigma": %s, "log_likelihood": %s}', f(s$tTable[names, "Value"]),
          f(s$tTable[names, "Std.Error"]), f(sd[names][!is.na(sd[names])]), format(sd["Residual"], digits = 12), format(as.numeric(logLik(fit)), digits = 12))
}
control <- nlmeControl(maxIter = 500, tolerance = 1e-7, pnlsTol = 1e-6, msMaxIter = 200)
oral <- read.csv("oral.csv")
one <- nlme(conc ~ SSfol(dose, time, lke, lka, lcl), data = oral, fixed = lke + lka + lcl ~ 1, random = pdDiag(lke + lka + lcl ~ 1),
            groups = ~person, method = "ML", start = c(-2.3, 0.3, 1.1), control = control)
full <- nlme(conc ~ SSfol(dose, time, lke, lka, lcl), data = oral, fixed = lke + lka + lcl ~ 1, random = pdSymm(lka + lcl ~ 1),
             groups = ~person, method = "ML", start = c(-2.3, 0.3, 1.1), control = control)
decline <- read.csv("decline.csv")
two <- nlme(conc ~ exp(la1) * exp(-exp(lr1) * time) + exp(la2) * exp(-exp(lr2) * time), data = decline,
            fixed = la1 + lr1 + la2 + lr2 ~ 1, random = pdDiag(la1 + lr1 + la2 ~ 1), groups = ~person, method = "ML",
            start = c(1, 0.8, -0.3, -1.4), control = control)
correlation <- as.numeric(VarCorr(full)["lcl", "Corr"])
writeLines(c("{", paste0('"oral": ', told(one, c("lke", "lka", "lcl")), ","),
             paste0('"oral_full": ', told(full, c("lke", "lka", "lcl")), ","), paste0('"oral_full_correlation": ', correlation, ","),
             paste0('"decline": ', told(two, c("la1", "lr1", "la2", "lr2"))), "}"), "nlme.json")
