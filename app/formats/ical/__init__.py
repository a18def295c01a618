"""iCalendar (RFC 5545): writes the sessions of a programme as events."""
