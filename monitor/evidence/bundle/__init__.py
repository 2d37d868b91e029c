"""A bundle that a stranger can check: written, and verified offline."""
