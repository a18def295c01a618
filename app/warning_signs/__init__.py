"""The warning signs to ask a person for before a programme."""
