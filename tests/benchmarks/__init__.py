"""Tests of how the benchmarks compute and show their figures. The figures are not tested."""
