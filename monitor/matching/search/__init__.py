"""A question of words, as anybody types it → which forms it means, and whether and where a text has them. Pure."""
