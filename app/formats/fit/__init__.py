"""FIT files: workouts for watches, and the activities that watches record."""
