"""The evidence table: what the ids in every reason stand for."""
