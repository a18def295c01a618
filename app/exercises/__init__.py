"""The catalogue: instructions for every exercise."""
