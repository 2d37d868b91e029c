"""Editing keywords.yaml word by word: finding words, previewing an edit, and trying it in a child process."""
