"""One round of one feed: fetch → parse → judge → record; and when the next one is due."""
