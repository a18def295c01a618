"""Addresses at which a person's calendar follows a programme as it stands."""
