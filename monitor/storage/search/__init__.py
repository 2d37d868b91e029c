"""Search over everything read: a word index of all kept texts, updated after the polls."""
