"""The people a text names, and those the channel follows."""
