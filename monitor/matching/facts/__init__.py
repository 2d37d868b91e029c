"""What the words that met rules mean, as facts in three languages; stories/fact_line.py puts them into a line."""
