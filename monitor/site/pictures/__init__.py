"""Pictures of the archive: the cards of stories, and drawings as PNG."""
