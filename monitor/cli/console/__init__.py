"""What commands share: their options and the words of their usage, and the one door for all they print."""
