"""Evidence in the database: watched pages, chains of what was kept, observations, time stamps, notices to people."""
