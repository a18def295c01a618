"""Calendar feeds that follow a person's programme after what was done."""
