"""Whom a text names, and of whom the channel has news."""
