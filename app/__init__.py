"""Pushoff: calf and core strength for runners as a service."""

__version__ = "0.1.0"
