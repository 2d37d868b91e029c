"""The one place that wires: settings and files → everything that runs; the daemon, one sweep, reload."""
