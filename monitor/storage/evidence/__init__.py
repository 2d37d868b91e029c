"""Evidence in the database: watched pages, the chains of what was kept, observations, stamps, and who is told."""
