"""What people write (settings, feeds.yaml, keywords.yaml, channels.yaml) → values; an error names file, line, key.

Opens no file.
"""
