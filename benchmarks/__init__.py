"""What the service costs, as ratios to ceilings of the same run."""
