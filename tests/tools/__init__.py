"""Tests of the programs for developers of Pushoff."""
