"""What was posted and turned out to be wrong: taken back, or struck with the reason. Pure."""
