"""The benchmarks: every figure is a ratio of two things measured in one run, on loopback, with an end."""
