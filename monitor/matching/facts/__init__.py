"""What the words that met rules mean, in three languages: facts, which stories/fact_line.py puts into a line."""
