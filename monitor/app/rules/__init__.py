"""The rules that the monitor works by: kept compiled for the next start, and edited while it runs."""
