"""Does the monitor itself work, and who is told when it does not."""
