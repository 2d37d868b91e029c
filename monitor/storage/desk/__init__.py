"""What the desk shows of decisions and rules: questions with their articles, the rules in figures. Only read."""
