"""The science: exercises, planning and adaptation as pure functions of their arguments.

Standard library only. No clock, no randomness, no network, no database: values in, values out.
"""
