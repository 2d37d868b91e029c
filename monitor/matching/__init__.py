"""Does an article concern a topic, and why: rules with their word forms, one pass over a text, a verdict. Pure."""
