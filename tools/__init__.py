"""Programs for developers of Pushoff. Nothing here is part of the service."""
