"""Corrections of published stories: which one is retracted, why, and what its posts show then."""
