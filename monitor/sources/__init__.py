"""The press: `http` gets it, `feeds` and `pages` read it, each usable alone; `sandbox` reads hostile bytes."""
