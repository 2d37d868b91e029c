"""Data for the desk only: sessions, questions with their articles, figures of rules and feeds."""
