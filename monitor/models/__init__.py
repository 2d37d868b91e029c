"""The values that travel: frozen, keyword-only, aware UTC; no more computed than a view of their own fields."""
