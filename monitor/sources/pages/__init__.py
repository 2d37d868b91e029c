"""Web pages → title, text and date of the article on them. Pure."""
