"""Russian and Kazakh: the language of a text, all forms of a word, names. Pure."""
