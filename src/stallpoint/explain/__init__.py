"""The chain from dose to life: what passes each link, where a treatment stalls, which measurement would decide."""
