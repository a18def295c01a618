"""The evidence table: the findings behind the ids in every reason."""
