"""Companions to learn from. Each is one file that needs httpx and nothing else; tests run them."""
