"""Programmes: planned from a spec, addressed by their own content, never stored."""
