"""What people write (settings, feeds.yaml, keywords.yaml) → values; an error names file, line, key. Opens no file."""
