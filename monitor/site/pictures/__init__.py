"""Pictures of the archive: the card of a story, drawings as PNG."""
