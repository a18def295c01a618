"""The catalogue over HTTP: instructions for every exercise."""
