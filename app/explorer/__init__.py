"""The pages for people: the front page, a programme, a session to do right there."""
