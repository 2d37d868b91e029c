"""The news monitor: polls feeds, matches rules, groups stories, posts them to a Telegram channel.

Imports point down this list (pyproject.toml checks it); what each package is for stands in its `__init__`:

    cli        one file a command
    app        wiring, the daemon, reloading of the two files
    polling    one round of one feed           bot        Telegram: the outbox, the review chat
    health     does the monitor itself work     evidence   what we saw of the pages behind the posts, provably
    storage    every SQL statement
    stories    which event an article tells, and how the event is shown
    matching   does an article concern a topic, and why
    config     settings, feeds.yaml, keywords.yaml       sources    the press: get it, read it
    text       Unicode, dates, markup, languages
    models     the values that travel          errors     what can go wrong, by name
"""

__version__ = "0.1.0"
