"""Tests of what the benchmarks make of their figures; the figures themselves are not tested."""
