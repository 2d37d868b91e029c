"""One word of a rule: all the forms it is recognised by, and recognising a piece of text as one of them. Pure."""
