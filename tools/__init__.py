"""Programs for those who work on Pushoff; nothing here is part of the service."""
