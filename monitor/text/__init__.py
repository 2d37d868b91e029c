"""What any text needs: Unicode, charsets, markup, Telegram HTML, dates, addresses; the two languages. Pure."""
