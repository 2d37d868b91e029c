"""The command line: a file for each command or family of commands, imported when one of them is called."""
