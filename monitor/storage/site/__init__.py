"""Data for the public archive: published stories, cases, takedowns."""
