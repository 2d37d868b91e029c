"""Russian and Kazakh: which one a text is in, every form of a word, which words are names. Pure."""
