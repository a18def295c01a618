"""Tests of the cohort of simulated runners, which mirror benchmarks/cohort."""
