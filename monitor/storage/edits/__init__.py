"""Versions of the maintainers' files: every content that was saved, with who saved it."""
