"""Tenants, their API keys and device tokens: authentication and scopes."""
