"""A bundle of evidence that a stranger can check: writing it, and verifying it offline."""
