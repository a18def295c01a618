"""A cohort of simulated runners: `python -m benchmarks.cohort` prints docs/cohort.md's tables."""
