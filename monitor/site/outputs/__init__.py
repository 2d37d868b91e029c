"""Outputs of the archive besides pages: feeds, data, the sitemap and the search index."""
