"""Example companion apps. Each is one file that needs only httpx. The test suite runs them."""
