"""The archive's statistics: the numbers, their drawings for its pages, and the picture of a week."""
