"""What we saw, provably: copies of the pages behind every post, what became of them, and a proof for strangers."""
