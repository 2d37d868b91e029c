"""The news monitor: polls feeds, matches rules, groups stories, posts them to a Telegram channel.

Read the package from the top shelf down; a file imports only from shelves below it
(the import-linter contract in pyproject.toml is this map):

    doors     __main__ · cli · commands/ · daemon · app     the clock; the one place that wires everything
    stories   polling · dispatch · probing           orchestrate, never decide
    edge      fetching (exchanges, connections, addresses, decompression, turns, robots, refusals) · channel · preview
              store · outbox · copies · exports · database · tables · health                                  memory
    core      matching/ · stories · discovery · checkup                                     decisions
              config/ · sources/ · extraction · similarity · novelty · rendering · cadence
              prose · finding · survey · outline · landmarks · asides · statements      of extraction
              dates · markup · charsets · challenges · people · detours · freshness   what they
              languages/ · text · urls                                                 stand on
    ground    logs · models · errors
"""

__version__ = "0.1.0"
