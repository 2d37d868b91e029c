"""What maintainers and operators write down. Every error names file, line and key, and says in Russian what to write.

The readers here take text and return values; opening the files is the door's business.
"""
