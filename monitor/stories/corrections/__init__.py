"""Posts that turned out to be wrong: deleted, or struck with the reason. Pure."""
