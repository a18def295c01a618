"""The reason codes: what each changes and says, for clients that translate."""
