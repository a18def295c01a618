"""One person's side: the programme as it stands, today, progress, and everything held or gone."""
