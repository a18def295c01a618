"""Formats: values into bytes and back, as pure functions that know neither HTTP nor SQL."""
