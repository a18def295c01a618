"""The measures of progress: what the log says about a programme (science part 5)."""
