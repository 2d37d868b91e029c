"""The news monitor: polls feeds, matches rules, groups stories, posts them to a Telegram channel.

Read the package from the top shelf down; a file imports only from shelves below it
(the import-linter contract in pyproject.toml is this map):

    doors     __main__ · cli · commands/ · daemon · sweeping · app (desk)   the clock; one place wires everything
    stories   polling (taking, judging) · dispatch (looking, daily) · probing · watch (blackout) · reloading
              reviewing · answering · muting                        the maintainers' chat
    edge      fetching (exchanges, connections, wire, addresses, decompression, turns, robots, refusals)  outside worlds
              reading (confined) · channel · preview
              store (roster, keybook, rewinding) · archive · history · recording · outbox (folding, chatbook, doubts)
              copies · exports
              reviews (docket, listening, mutebook) · updates       decisions of maintainers
              database · tables                                                          memory
              lookout · alarmbook · housekeeping · metrics · endpoint · heartbeat · watchdog         care of itself
              editions · environment                                   files, the clock, what surrounds us
    core      events                                                   how well stories are told apart
              notices · mutes · matching/ · stories · habits · fallbacks · discovery · checkup             decisions
              asking · wording · placing
              alarms (conditions, firings, health)
              config/ · sources/ · sightings · similarity · novelty · rendering · digests · cadence
              renaming · outages · trimming
              extraction (prose, finding, survey, outline, landmarks, asides, statements)
              dates · hours · markup · richtext · charsets · challenges · people · detours · freshness   foundations
              languages/ · text · urls
    ground    logs · models · outgoing · incoming · vitals · errors
"""

__version__ = "0.1.0"
