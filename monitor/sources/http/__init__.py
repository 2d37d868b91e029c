"""GETs into the open internet: polite, bounded in bytes and time, never into a private network."""
