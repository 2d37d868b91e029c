"""What the archive counts of itself: the numbers, the drawings of them for its pages, and the picture of a week."""
