"""Which event an article tells, and how the event is shown: post, question, digest. Pure."""
