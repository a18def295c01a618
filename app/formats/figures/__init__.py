"""Pictures of the exercises, drawn from pose data."""
