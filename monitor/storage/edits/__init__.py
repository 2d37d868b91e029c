"""The maintainers' files as they were, save by save."""
