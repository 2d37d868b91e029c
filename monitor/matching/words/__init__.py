"""One word of a rule: every form it is known by, and how a piece of text is recognised as one of them. Pure."""
