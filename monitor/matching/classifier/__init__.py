"""A linear classifier, learnt from labelled stories: which topic an article reads like when no rule matched."""
