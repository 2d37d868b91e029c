"""What is said of stories after they were published: that one is retracted, why, and what its posts show then."""
