"""Find words of keywords.yaml that hardly mean what is written; matching/lint.py reports them to maintainers."""
