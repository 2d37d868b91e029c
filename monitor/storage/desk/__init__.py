"""What the desk needs that nobody else does: who is in, questions with their articles, rules and feeds in figures."""
