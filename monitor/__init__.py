"""The news monitor: polls feeds, matches rules, groups stories, posts them to a Telegram channel.

Read the package from the top shelf down; a file imports only from shelves below it
(the import-linter contract in pyproject.toml is this map):

    doors     __main__ · cli · app              commands; the one place that wires everything
    stories   polling · dispatch                orchestrate, never decide
    edge      fetching · channel · preview · store · database · tables · health     one outside world per file
    core      config/ · sources/ · languages/ · matching/ · extraction · similarity · rendering · cadence · text · urls
    ground    logs · models · errors
"""

__version__ = "0.1.0"
