"""Show a maintainer in which forms, and after which prepositions, a word of keywords.yaml is in a role.

roles.py decides whether a form is in the role, as for an article; only the words around the form are chosen here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from monitor.config.keyword_rules import Keywords, Role, Rule, Scope, Term, TermWordKind, Topic
from monitor.config.term_reader import dwellers
from monitor.matching.compiler import cases_of, compile_checked, is_undeclined
from monitor.matching.matcher import Matcher
from monitor.matching.roles import Place, kazakh_fits, russian_fits
from monitor.matching.words.compiled_words import word_of
from monitor.models.articles import Tier
from monitor.text.languages.cases import ANY, Case, kazakh_case
from monitor.text.languages.kazakh_samples import samples
from monitor.text.languages.russian import undeclined_part
from monitor.text.unicode import fold

_CASES = {
    Case.NOMINATIVE: "именительный",
    Case.GENITIVE: "родительный",
    Case.DATIVE: "дательный",
    Case.ACCUSATIVE: "винительный",
    Case.INSTRUMENTAL: "творительный",
    Case.LOCATIVE: "предложный",
}
_GOVERNED = {
    "в": Case.ACCUSATIVE | Case.LOCATIVE,
    "на": Case.ACCUSATIVE | Case.LOCATIVE,
    "к": Case.DATIVE,
    "до": Case.GENITIVE,
    "из": Case.GENITIVE,
    "с": Case.GENITIVE,
    "от": Case.GENITIVE,
    "по": Case.DATIVE,
    "при": Case.LOCATIVE,
    "против": Case.GENITIVE,
    "у": Case.GENITIVE,
    "над": Case.INSTRUMENTAL,
    "за": Case.ACCUSATIVE | Case.INSTRUMENTAL,
}
_ACT = "выдать"  # the verb beside a bare dative of role «куда»: «выдать России»
_PERSONS = dict(zip(_CASES, ("врач", "врача", "врачу", "врача", "врачом", "враче"), strict=True))
_PERSON = _PERSONS[Case.NOMINATIVE]  # the person of role «родом»: «врач из Омска», «омский врач»
_OF_SEVERAL = frozenset({"много", "чей-то", "их — кому"})  # samples that are not cases of the word itself


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleForms:
    """The forms of a term in a role: `prepositional` as «в Россию», `bare` as «России (дательный)», `kazakh` as
    «Ресейге».

    `note` says in Russian why there are none, or what else to know. In a phrase the first word decides in Russian («в
    военную …»), the last in Kazakh.
    """

    term: str
    role: Role
    prepositional: tuple[str, ...]
    bare: tuple[str, ...]
    kazakh: tuple[str, ...]
    note: str


def role_forms(term: Term, role: Role) -> RoleForms:
    """Return every form of the term that rules accept in this role."""
    written, language = term.words[0], term.language
    cases = dict(cases_of(written, language))
    if not cases and is_undeclined(written, language):
        part = undeclined_part(written.text) or "это слово"
        return _forms(term, role, note=f"{part} не склоняется: роли «{role}» у него не бывает, напишите его без роли")
    if written.kind in (TermWordKind.EXACT, TermWordKind.PREFIX):
        note = "форма в кавычках и начало слова не склоняются: роль видна только по предлогу перед ними"
        return _forms(term, role, note=note)
    is_known = any(case != ANY for case in cases.values())
    if not is_known:
        cases = {written.text: ANY} if language != "kk" else {}
    rest = " …" if len(term.words) > 1 else ""
    shown = {f"{_cased(form, written.text)}{rest}": case for form, case in cases.items()}
    prepositional, bare = tuple(_prepositional(role, shown)), tuple(_bare(role, shown))
    kazakh = tuple(dict.fromkeys(_kazakh(term, role)))
    notes = ["" if prepositional or bare or kazakh else "ни одна форма так не стоит", _torn(role, shown, prepositional)]
    if cases and not is_known:
        notes.append("падежей этого слова словарь не знает: так же подойдёт любая его форма")
    return _forms(term, role, prepositional, bare, kazakh, note="; ".join(filter(None, notes)))


def found_in_role(term: Term, role: Role, text: str) -> tuple[str, ...]:
    """Return the forms of the term in `text` that are in the role, as the text writes them, in order."""
    there = dwellers(term) if role is Role.ORIGIN else ()
    line = (replace(term, role=role), *there)
    rule = Rule(name="", tier=Tier.POST, lines=(line,), none=(), within=Scope.TEXT, line=0)
    topic = Topic(id="", title="", hashtag="", rules=(rule,), examples=(), line=0)
    compiled, _ = compile_checked(Keywords(file="", topics=(topic,)))
    article = Matcher(compiled).read(title="", text=text)
    return tuple(article.match(hit).form for hit in article.line(compiled.rules[0].lines[0]))


def _forms(term: Term, role: Role, *forms: tuple[str, ...], note: str) -> RoleForms:
    prepositional, bare, kazakh = forms or ((), (), ())
    return RoleForms(term=term.text, role=role, prepositional=prepositional, bare=bare, kazakh=kazakh, note=note)


def _cased(form: str, written: str) -> str:
    if written.isupper():
        return form.upper()
    return form[:1].upper() + form[1:] if written[:1].isupper() else form


def _prepositional(role: Role, forms: Mapping[str, Case]) -> Iterator[str]:
    for preposition, governed in _GOVERNED.items():
        whose = (_PERSON,) if role is Role.ORIGIN else ()
        place = Place(before=(preposition, *whose))
        fitting = (form for form, case in forms.items() if case & governed and russian_fits(role, case, place, {}))
        yield from (" ".join([*whose, preposition, form]) for form in fitting)


def _bare(role: Role, forms: Mapping[str, Case]) -> Iterator[str]:
    """Yield forms without a preposition, with the cases in which each is in the role."""
    act = f"{_ACT} " if role is Role.TO else ""
    place = Place(before=(_ACT,) if act else (), after=(_PERSON,) if role is Role.ORIGIN else ())
    for form, case in forms.items():
        own = case & Case.ADJECTIVE
        names = [name for one, name in _CASES.items() if case & one and russian_fits(role, one | own, place, {})]
        if russian_fits(role, case, place, {}):
            person = next(_PERSONS[one] for one in _CASES if case & one) if place.after else ""
            shown = f"{act}{form} {person}".rstrip()
            yield shown if case == ANY else f"{shown} ({', '.join(names)})"


def _kazakh(term: Term, role: Role) -> Iterator[str]:
    """Yield those of the word itself and of the samples of its cases that are in the role."""
    written = term.words[-1]
    stems = word_of(written, term.language).stems
    if not any(stem.script == "cyrillic" for stem in stems):
        return
    before = "".join(f"{one.text} " for one in term.words[:-1])
    shown = {"": written.text} | {name: form for name, form in samples(written.text).items() if name not in _OF_SEVERAL}
    for form in shown.values():
        plain = fold(form.partition(",")[0].replace("-", "")).text
        if kazakh_fits(role, kazakh_case(plain, stems), Place(after=("келген",) if role is Role.ORIGIN else ())):
            yield before + form
    if role is Role.ORIGIN:
        yield from (one.text for one in dwellers(term))


def _torn(role: Role, forms: Mapping[str, Case], prepositional: tuple[str, ...]) -> str:
    """Warn about a form of an undeclined name in role `куда`: «в Сочи» may also say where, and rules then take it so,
    except beside a verb like «отправить». Return "" when no form is ambiguous.
    """
    both = Case.ACCUSATIVE | Case.LOCATIVE
    torn = next((f"в {form}" for form, case in forms.items() if case & both == both), "")
    if role is not Role.TO or not torn or torn in prepositional:
        return ""
    meant = f"«куда» только рядом со словом «отправить» и подобными: «отправить {torn}»"
    is_taken = ANY in forms.values()
    return f"«{torn}» — и «куда», и «где»: {meant if is_taken else 'роли «куда» бот ему не даёт'}"
