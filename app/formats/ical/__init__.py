"""iCalendar: sessions as events."""
