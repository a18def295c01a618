"""Pushoff: calf and core strength for runners as a service."""
