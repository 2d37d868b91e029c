"""Versions of the maintainers' files."""
