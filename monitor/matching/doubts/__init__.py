"""What words of keywords.yaml hardly mean as they are written; matching/lint.py tells the maintainers."""
