"""The public archive: what the channel has shown, as pages, feeds and data that any static host can serve."""
