"""HTTP manners that every feature shares; this package knows no feature."""
