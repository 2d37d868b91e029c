"""The parts of the desk, wired: what each page is given, and no more; one file a part."""
