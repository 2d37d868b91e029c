"""What the archive gives besides pages: feeds, data, the sitemap, the search index."""
