"""What was found and lost over days and weeks, counted for those who look at figures. It only reads."""
