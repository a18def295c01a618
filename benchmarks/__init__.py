"""Benchmarks of the service. Each figure is compared with a ceiling that the same run measures."""
