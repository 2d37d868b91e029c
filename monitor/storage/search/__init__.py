"""Search over everything read: an index of the words of each text that is kept, brought up to date behind the polls."""
