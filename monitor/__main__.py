"""`python -m monitor …` and the `monitor` command: run the command line, end with the code its error names."""

import os
import sys

from monitor.cli.main import cli
from monitor.cli.output import show_error
from monitor.errors import MonitorError


def main() -> None:
    """Run one command. Errors of the tree become one Russian message on stderr and their exit code."""
    try:
        cli()
    except MonitorError as error:
        show_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output went away (`monitor … | head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
