"""How sure an outlet is in view of earlier tellings: saying that a step told there did not happen is a denial, in
whatever words. Pure.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate
from operator import or_

from monitor.models.articles import Article
from monitor.models.stories import Telling
from monitor.stories.claims.certainty import Certainty, certainty, denial
from monitor.stories.claims.step_forms import ABOUT_BEFORE
from monitor.stories.claims.steps import NO_REMOVAL, Step, denied_steps, mentioned_steps, taken_steps
from monitor.text.languages.places import TOWNS, places
from monitor.text.unicode import sentences

_LEAVING = {Step.HANDED_OVER, Step.TAKEN_AWAY, Step.KIDNAPPED, Step.DISAPPEARED, Step.DIED}
_ALIVE = re.compile(r"\bжив[аы]?\b(?! (?:в|на)\b)", re.IGNORECASE)
_AT_HOME = re.compile(
    r"\bникуда (?:его|е[её]|их)? ?не\b|\bсидит там же\b|\b(?:находится|находятся|он|она|сидит) (?:у себя )?дома\b"
    r"|\b(?:қызым|ұлым|күйеуім|ол|мен) үйде\w*|\bүйдемін\b|\bжив[аы]? и (?:здоров[аы]?\b|на связи)|\bаман-есен\b",
    re.IGNORECASE,
)
_STILL = re.compile(r"\b(?:оста[её]тся|по-прежнему)\b([^.!?,]{0,60})", re.IGNORECASE)
_REMOVALS = frozenset({Step.HANDED_OVER, Step.TAKEN_AWAY, Step.REMOVAL_DECIDED})
_REMOVAL = re.compile(
    r"\b(?:выдач|экстрадиц|экстрадир|депортац|депортир|передач|высылк|высыла|высла|выдвор|вывоз|вывез|этапир)"
    r"|\bне (?:выда|переда)|\b(?:беріл|жіберіл|жөнелтіл|жеткізіл|экстрадицияла|депортацияла)",
    re.IGNORECASE,
)
_JAILED = re.compile(r"\b(?:СИЗО|колони|тюрьм|түрме)", re.IGNORECASE)
_FIRST = 2  # sentences that say what an article is about


def first_sentences(article: Article) -> list[str]:
    """Return the first two sentences of the text, which say what it is about."""
    return [article.text[slice(*span)] for span in sentences(article.text)[:_FIRST]]


def stances(tellings: Sequence[Telling]) -> list[Certainty]:
    """Return how sure each outlet was in view of those before it, judged by the headline that readers had."""
    as_read = [replace(one.article, title=one.article.title_read) for one in tellings]
    before = accumulate(map(_steps_told, as_read), or_, initial=frozenset[Step]())
    return [_stance(article, steps) for article, steps in zip(as_read, before, strict=False)]


def stance(telling: Telling, earlier: Sequence[Telling]) -> Certainty:
    """Return how sure an outlet is in view of earlier tellings: saying of a step told there that it did not happen («не
    задерживали») is a denial, in whatever words.
    """
    return _stance(telling.article, _all_told(earlier))


def _all_told(earlier: Iterable[Telling]) -> frozenset[Step]:
    return frozenset[Step]().union(*(_steps_told(one.article) for one in earlier))


def _steps_told(article: Article) -> frozenset[Step]:
    return frozenset(taken_steps((article.title_read, article.text)))


def _stance(article: Article, known: frozenset[Step]) -> Certainty:
    """`known` are the steps that earlier tellings told."""
    told_now = frozenset(taken_steps([article.title]))
    if NO_REMOVAL & told_now or (Step.RELEASED in told_now and not denial(article.title)):
        return Certainty.SAID  # «отпустили: её спутали с другой»
    if known and (_denies_any(article, known) or _denied(article) & known):
        return Certainty.DENIED
    beginning = "\n".join([article.title, *first_sentences(article)])
    return Certainty.DENIED if _is_safe(beginning, known) else certainty(article)


def denies_what_was_told(words: str, earlier: Sequence[Telling]) -> bool:
    """Whether a sentence by itself denies a step that was told: it says that the step did not happen or was not true,
    or that the person who had gone is at home and not in prison. «Опроверг слухи, что его били» denies no step.
    """
    known = _all_told(earlier)
    if ABOUT_BEFORE.search(words) or known.intersection(taken_steps([words])):
        return False
    if known & denied_steps(words) or (denial(words) and known.intersection(_spoken_in(words))):
        return True
    return _is_safe(words, known) and not _JAILED.search(words)


def _spoken_in(words: str) -> frozenset[Step]:
    """Return the steps that a sentence mentions, whether as facts or as denied."""
    of_removal = _REMOVALS if _REMOVAL.search(words) else frozenset[Step]()
    return frozenset(mentioned_steps(words)) | denied_steps(words) | of_removal


def _is_safe(words: str, known: frozenset[Step]) -> bool:
    """Whether somebody who was said to be dead, gone or taken away is alive or still where he was."""
    is_alive = Step.DIED in known and _ALIVE.search(words) is not None
    return is_alive or bool(known & _LEAVING and says_that_he_stays(words))


def says_that_he_stays(text: str) -> bool:
    """Whether somebody is said to be at home or still in Kazakhstan: «остаётся в СИЗО Алматы», not «… Омска»."""
    still = (words[1] for words in _STILL.finditer(text))
    return _AT_HOME.search(text) is not None or any("Казахстан" in words or places(words) & TOWNS for words in still)


def _denies_any(article: Article, known: frozenset[Step]) -> bool:
    """Whether the first sentences deny an act, unless they deny only steps that were not told: «не депортировали»
    denies no detention.
    """
    denying = (words for words in first_sentences(article) if denial(words) and not ABOUT_BEFORE.search(words))
    return any(not denied_steps(words) or denied_steps(words) & known for words in denying)


def _denied(article: Article) -> frozenset[Step]:
    """Return the steps that the headline or the first sentences say did not happen."""
    now = (words for words in (article.title, *first_sentences(article)) if not ABOUT_BEFORE.search(words))
    return frozenset[Step]().union(*map(denied_steps, now))
