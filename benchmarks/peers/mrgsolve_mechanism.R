# The same people and doses with mrgsolve: LSODA, restarted by it at every dose, one person after the other.
# Usage: Rscript mrgsolve_mechanism.R people.csv weeks rtol out.csv
# people.csv has one row a person: parameters, starting states and the size of the dose (see mrgsolve_mechanism.py).
# Prints one line of JSON; out.csv has the weekly reports. CPU seconds are of mrgsim alone; compiling is told apart.
args <- commandArgs(TRUE)
suppressPackageStartupMessages(library(mrgsolve))
people <- read.csv(args[1]); weeks <- as.numeric(args[2]); rtol <- as.numeric(args[3])
code <- '
$PARAM pace0=0, spread=1, reserve=1, breathing=1, hazard0=0, hazard_breathing=0, hazard_bulbar=0, bypass=0
w1=0, w2=0, w3=0, w4=0, w5=0, w6=0, t1=1, t2=1, t3=1, t4=1, t5=1, t6=1
c12=0, c13=0, c25=0, c23=0, c34=0, c46=0, c51=0, c52=0, c54=0, c64=0
s1=0, s2=0, s3=0, s4=0, healthy=0, per_loss=0, release=1, blood=1, largest1=0, largest4=0, entry=1, loss=1, dose=0
clock0=0, i01=0, i02=0, i03=0, i04=0, n01=0, n02=0, n03=0, n04=0, source0=0, blood0=0, month=30.4375
$CMT X1 X2 X3 X4 X5 X6 CLOCK I1 I2 I3 I4 N1 N2 N3 N4 SOURCE BLOOD EVENTS DEPOT LEVEL
$MAIN
F_DEPOT = dose;
CLOCK_0 = clock0; I1_0 = i01; I2_0 = i02; I3_0 = i03; I4_0 = i04;
N1_0 = n01; N2_0 = n02; N3_0 = n03; N4_0 = n04; SOURCE_0 = source0; BLOOD_0 = blood0;
$ODE
double engaged = LEVEL / (1 + LEVEL);
double share = bypass / 5; double all = X1 + X2 + X3 + X4 + X5 + X6;
dxdt_X1 = (c12*X2 + c13*X3 - share*(all - X1) + log(1 - largest1*engaged) - X1) / t1;
dxdt_X2 = (c25*X5 + c23*X3 - share*(all - X2) - X2) / t2;
dxdt_X3 = (c34*X4 - share*(all - X3) - X3) / t3;
dxdt_X4 = (c46*X6 - share*(all - X4) + log(1 - largest4*engaged) - X4) / t4;
dxdt_X5 = (c51*X1 + c52*X2 + c54*X4 - share*(all - X5) - X5) / t5;
dxdt_X6 = (c64*X4 - share*(all - X6) - X6) / t6;
double speed = pace0 * exp(w1*X1 + w2*X2 + w3*X3 + w4*X4 + w5*X5 + w6*X6);
dxdt_CLOCK = speed;
double pace = speed * spread;
dxdt_I1 = pace * (I2 - I1 + s1*(1 - I1));
dxdt_I2 = pace * (I1 + I3 - 2*I2 + s2*(1 - I2));
dxdt_I3 = pace * (I2 + I4 - 2*I3 + s3*(1 - I3));
dxdt_I4 = pace * (I3 - I4 + s4*(1 - I4));
dxdt_N1 = -speed*I1; dxdt_N2 = -speed*I2; dxdt_N3 = -speed*I3; dxdt_N4 = -speed*I4;
double e1 = exp(N1); double e2 = exp(N2); double e3 = exp(N3); double e4 = exp(N4);
double lost = speed * (I1*e1 + I2*e2 + I3*e3 + I4*e4) / 4 * month;
dxdt_SOURCE = release * (healthy + per_loss*lost - SOURCE);
dxdt_BLOOD = blood * (SOURCE - BLOOD);
double chest = (e2 + e3) / 2;
double fb = 1 - pow(1 - chest, 1 + breathing);
double fm = 1 - pow(1 - e1, 1 + reserve);
dxdt_EVENTS = hazard0 * exp(hazard_breathing*(1 - fb) + hazard_bulbar*(1 - fm));
dxdt_DEPOT = -entry*DEPOT;
dxdt_LEVEL = entry*DEPOT - loss*LEVEL;
'
cpu <- function(a, b) sum((b - a)[c(1, 2)])
compiled <- system.time(model <- mcode("mechanism", code, quiet = TRUE))
people$ID <- seq_len(nrow(people))
doses <- ev(amt = 1, cmt = "DEPOT", ii = 1, addl = 7 * weeks - 1)
run <- function(who) mrgsim_ei(model, doses, who, delta = 7, end = 7 * weeks, rtol = rtol, atol = rtol * 1e-3, obsonly = TRUE,
  maxsteps = 1e6, output = "df")
invisible(run(people[1, ]))
a <- proc.time(); found <- run(people); b <- proc.time()
keep <- c("ID", "time", "X1", "X2", "X3", "X4", "X5", "X6", "CLOCK", "N1", "N2", "N3", "N4", "SOURCE", "BLOOD", "EVENTS")
write.csv(found[, keep], args[4], row.names = FALSE)
peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
cat(sprintf('{"version": "%s", "people": %d, "cpu_seconds": %.4f, "compile_seconds": %.2f, "peak_memory_mb": %.0f}\n',
  packageVersion("mrgsolve"), nrow(people), cpu(a, b), compiled[["elapsed"]], peak))
