"""keywords.yaml edited word by word: where words stand, what an edit would change, tried in a process of its own."""
