"""One person: the programme after what was done, today, progress, export, erasure, tokens."""
