"""What the log says about progress: the metrics of the science, part 5, and their caveats."""
