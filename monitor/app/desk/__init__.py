"""The parts of the desk, wired: what each shows and calls."""
