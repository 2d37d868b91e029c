"""The commands, a file for each kind of work: one short function a command; Russian in what people read."""
