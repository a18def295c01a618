"""What was done: completed sessions and their sets."""
