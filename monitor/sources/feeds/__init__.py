"""Feed bodies → entries: RSS, Atom, JSON Feed, sitemaps, listing pages, Telegram previews. Pure."""
