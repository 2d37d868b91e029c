"""What a start may take from the one before it: made anew whenever there is the least doubt."""
