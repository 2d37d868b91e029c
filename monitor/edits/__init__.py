"""What maintainers change in their files: tried first, saved whole, kept as versions that can be taken back."""
