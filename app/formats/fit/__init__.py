"""FIT: workouts to watches, activities from them."""
