"""CSV: our own, and what Hevy and Strong export."""
