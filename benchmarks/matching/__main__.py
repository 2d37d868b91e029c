"""How fast Matcher.judge is beside what one would take instead: the same rules and forms, interleaved, as ratios.

Run from the root: `python -m benchmarks.matching` (`make bench-peers` installs what is SKIPPED). CPU time of one
process, the best of the rounds; stories of 3 kB (stories.py). Ours does more than the peers: folding, spans,
sentences, rules.
"""

import time
from collections.abc import Sequence
from importlib.util import find_spec

from benchmarks.matching import peers
from benchmarks.matching.peers import Count, Engine
from benchmarks.matching.stories import Rule, Story, dormant_names, rules, stories
from monitor.matching.matcher import Matcher

ROUNDS = 25  # of five the best still varies by a sixth: the caches are one engine's or another's
SIZES = (50, 500)
DORMANT = 50_000
BAR = 0.6  # with our own rules, of which many lines stand in most stories


def speed(count: Count, read: Sequence[Story]) -> float:
    """Stories a second of CPU time."""
    began = time.process_time()
    count(read)
    return len(read) / (time.process_time() - began)


def best_speeds(counts: dict[str, tuple[Count, int]], read: Sequence[Story]) -> dict[str, float]:
    """The best of ROUNDS of every engine, in turns, so that a slow moment of the machine strikes all."""
    for count, of in counts.values():
        count(read[:of])  # whoever remembers words may do so
    best = dict.fromkeys(counts, 0.0)
    for _ in range(ROUNDS):
        for name, (count, of) in counts.items():
            best[name] = max(best[name], speed(count, read[:of]))
    return best


def compare(read: Sequence[Story], sets: dict[int, tuple[Rule, ...]]) -> None:
    """The table of engines."""
    engines = [peers.OURS, *(peer for peer in peers.PEERS if not peers.missing(peer))]
    speeds: dict[int, dict[str, float]] = {}
    for size, chosen in sets.items():
        counts = {engine.name: (engine.build(chosen), engine.stories) for engine in engines}
        check(chosen, read, counts)
        speeds[size] = best_speeds(counts, read)
    print(
        f"\n{'engine':<26}" + "".join(f"{f'at {size}, stories/s':>20}{'ours is':>9}" for size in sets) + f"{'bar':>8}"
    )
    for engine in (peers.OURS, *peers.PEERS):
        if peers.missing(engine):
            print(f"{engine.name:<26}SKIPPED {engine.needs}: pip install {engine.needs}")
        else:
            print(f"{engine.name:<26}{row(engine, speeds)}")


def row(engine: Engine, speeds: dict[int, dict[str, float]]) -> str:
    """Speed and ratio at each size, and the ratio we want."""
    cells = (f"{of[engine.name]:>20,.0f}{of[peers.OURS.name] / of[engine.name]:>8.2f}×" for of in speeds.values())
    return "".join(cells) + f"{engine.bar:>7}×"


def check(chosen: tuple[Rule, ...], read: Sequence[Story], counts: dict[str, tuple[Count, int]]) -> None:
    """What engines count must agree where they count the same: terms, but for the lemmas, which are a guess."""
    ours = peers.matcher(chosen)
    for engine in peers.PEERS:
        if engine.name in counts and engine.counts == "terms":
            some = read[: engine.stories]
            found, own = counts[engine.name][0](some), peers.terms_found(ours, some)
            print(f"{len(chosen):>4} rules, {len(some):>3} stories: {engine.name} finds {found} terms, ours {own}")


def check_rules(read: Sequence[Story]) -> None:
    """Rules that hold in these very stories, anywhere in the text: a boolean query says the same."""
    chosen = rules(300, read)
    ours = peers.judging(peers.matcher(chosen, within="text"))(read)
    theirs = next(peer for peer in peers.PEERS if peer.counts == "rules in a story").build(chosen)(read)
    print(f"{len(chosen)} rules that fire, {len(read)} stories: SQLite FTS5 answers {theirs} times, ours {ours}\n")


def compare_dormant(read: Sequence[Story], chosen: tuple[Rule, ...]) -> None:
    """The same rules with and without names that never come up."""
    began = time.process_time()
    crowded = peers.matcher(chosen, people=dormant_names(DORMANT))
    print(f"\n{DORMANT:,} dormant names load in {time.process_time() - began:.1f} s of CPU time")
    counts = {
        "without": (peers.judging(peers.matcher(chosen)), len(read)),
        "with": (peers.judging(crowded), len(read)),
    }
    best = best_speeds(counts, read)
    slower = best["without"] / best["with"] - 1
    print(f"{len(chosen)} rules: {best['without']:,.0f} stories/s, with the names {best['with']:,.0f}", end="; ")
    print(f"{slower:+.0%} time (bar +15%)")


def compare_project(read: Sequence[Story]) -> None:
    """Our own keywords.yaml: warm, and at first sight of the stories, when all their words are new to the Matcher."""
    compiled = peers.project_rules()
    new = iter([Matcher(compiled) for _ in range(ROUNDS + 1)])

    def first(stories: Sequence[Story]) -> int:
        return peers.judging(next(new))(stories)

    counts = {"warm": (peers.judging(Matcher(compiled)), len(read)), "at first sight": (first, len(read))}
    if is_here := find_spec("flashtext2") is not None:
        counts["flashtext2"] = (peers.flashtext2(compiled), len(read))
    best = best_speeds(counts, read)
    print(f"\nkeywords.yaml, {len(peers.forms(compiled)):,} forms, stories/s (bar for warm {BAR}× flashtext2):")
    for name, stories_a_second in best.items():
        ratio = f"{stories_a_second / best['flashtext2']:>8.2f}×" if is_here else ""
        print(f"{name:<26}{stories_a_second:>20,.0f}{ratio}")


def main() -> None:
    """Print the tables."""
    read, others = stories(200), stories(400, seed=2)
    sets = {size: rules(size, others) for size in SIZES}
    check_rules(read)
    compare(read, sets)
    compare_dormant(read, sets[50])
    compare_project(read)


if __name__ == "__main__":
    main()
