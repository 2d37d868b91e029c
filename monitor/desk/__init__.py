"""The maintainers' web page. A route reads a form, calls one function of a room below, shows what it returned."""
