"""What maintainers change in their files: tried first, saved whole, kept as versions. Nothing here knows of a page."""
