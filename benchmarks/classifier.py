"""What the classifier asks about among texts that it has not seen; `--write` trains it on all of them.

    python benchmarks/classifier.py [--write]

The labelled texts stand in tests/corpus, each file in the form of `monitor evaluate`: stories, with neighbours of the
same words that are not ours, by a writer each, and ordinary news. In turn a fifth of the writers is left out, and the
classifier taught by the others is asked about theirs. `read`: of stories it would ask about, whatever the rules say;
`found`: of those that the rules in force leave silent, which were taught by the older of these stories, too. `--write`
writes monitor/matching/classifier/weights.tsv.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple
from zlib import crc32

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.matching.peers import project_rules
from monitor.matching.classifier import classifier
from monitor.matching.classifier.training import LabelledText, train
from monitor.matching.matcher import Matcher
from monitor.models.articles import Tier

CORPUS = ROOT / "tests" / "corpus"
WEIGHTS = ROOT / "monitor" / "matching" / "classifier" / "weights.tsv"
LEAST, SURE, MOST = 1.6, 2.5, 0.0
FOLDS = 5


class Labelled(NamedTuple):
    writer: str
    text: LabelledText
    kind: str  # story, neighbour, ordinary


def labelled() -> Iterator[Labelled]:
    for path in sorted(CORPUS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record["topics"] != ["maybe"]:
                text = LabelledText(record["title"], record["text"], tuple(record["topics"]))
                kind = "ordinary" if path.stem == "ordinary" else "story" if text.topics else "neighbour"
                yield Labelled(record["id"].partition("-")[0], text, kind)


def trained_on(texts: list[LabelledText]) -> classifier.Classifier:
    return train(texts, least=LEAST, sure=SURE, most=MOST, shuffle=Random(1).shuffle)


def cross_validated(known: list[Labelled]) -> Counter[str]:
    rules = Matcher(project_rules()).without_classifier()
    counts: Counter[str] = Counter()
    for fold in range(FOLDS):
        held = [one for one in known if crc32(one.writer.encode()) % FOLDS == fold]
        taught = trained_on([one.text for one in known if crc32(one.writer.encode()) % FOLDS != fold])
        for one in held:
            article = rules.read(title=one.text.title, text=one.text.text)
            verdict = rules.verdict(article)
            likeness = taught.likeness(article.reading.lead, among=classifier.TOPICS)
            is_asked = likeness is not None and verdict.tier is Tier.NONE and not verdict.vetoes
            counts[one.kind] += 1
            counts[f"{one.kind} read"] += likeness is not None
            counts[f"{one.kind} right"] += likeness is not None and likeness.topic in one.text.topics
            counts[f"{one.kind} silent"] += verdict.tier is Tier.NONE
            counts[f"{one.kind} found"] += is_asked
    return counts


def main() -> None:
    known = list(labelled())
    if sys.argv[1:] == ["--write"]:
        WEIGHTS.write_text(classifier.dumps(trained_on([one.text for one in known])), encoding="utf-8")
        return
    counts = cross_validated(known)
    print(f"{'':10}{'texts':>7}{'read':>7}{'right':>7}{'silent':>8}{'found':>7}")
    for kind in ("story", "neighbour", "ordinary"):
        read, right, silent, found = (counts[f"{kind} {of}"] for of in ("read", "right", "silent", "found"))
        print(f"{kind:10}{counts[kind]:>7}{read:>7}{right:>7}{silent:>8}{found:>7}")


if __name__ == "__main__":
    main()
