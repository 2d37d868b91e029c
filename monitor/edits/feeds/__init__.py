"""feeds.yaml edited feed by feed: new ones tried, lists taken in and out."""
