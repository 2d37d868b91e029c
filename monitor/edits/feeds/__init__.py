"""Editing feeds.yaml feed by feed: trying new feeds, importing and exporting lists."""
