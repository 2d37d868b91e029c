"""Which articles an edit can change: also those that its own words do not stand in."""

from monitor.config.keywords import load_keywords
from monitor.matching.compiler import compile_rules
from monitor.matching.matcher import Matcher
from monitor.matching.search.edit_reach import reach

RULES = """\
topics:
  extradition:
    title: Выдача
    any_of:
      - name: выдали
        all: [{ru: выдать}, {ru: беглец}]
        none: [{куда: Италия}]
"""
ANOTHER = """\
      - name: с животным
        all: [{ru: "возить, привезти"}, {ru: жираф}]
"""
TOLD = {"title": "", "text": "Выдали беглеца, привезли в Италию."}


def test_a_new_rule_brings_an_act_beside_which_others_forbid() -> None:
    before, after = load_keywords(RULES, file="keywords.yaml"), load_keywords(RULES + ANOTHER, file="keywords.yaml")
    old, new = compile_rules(before), compile_rules(after)

    assert Matcher(old).judge(**TOLD).topics
    assert not Matcher(new).judge(**TOLD).topics
    phrases = reach(before, after, compiled=(old, new)) or ()
    assert any("привезли" in word.forms for phrase in phrases for word in phrase)


def test_a_rule_about_people_brings_none() -> None:
    before = load_keywords(RULES, file="keywords.yaml")
    after = load_keywords(f"{RULES}{ANOTHER}        no_act: true\n", file="keywords.yaml")

    assert Matcher(compile_rules(after)).judge(**TOLD).topics
    phrases = reach(before, after, compiled=(compile_rules(before), compile_rules(after))) or ()
    assert [word.forms[0] for phrase in phrases for word in phrase] == ["жираф"]


def reaches(before: str, after: str, *forms: str) -> bool:
    """Whether articles with each of these forms, and no others of them, are looked at."""
    old, new = (load_keywords(text, file="keywords.yaml") for text in (before, after))
    phrases = reach(old, new, compiled=(compile_rules(old), compile_rules(new))) or ()
    words = [word for phrase in phrases for word in phrase]
    return len(words) == len(forms) and all(any(form in word.forms for word in words) for form in forms)


def test_another_country_and_ours_are_looked_for() -> None:
    elsewhere = "elsewhere: {there: Бишкек, here: Алматы}\n"

    assert reaches(RULES, elsewhere + RULES, "бишкека", "алматы")
    assert reaches(elsewhere + RULES, elsewhere.replace("Алматы", '"Алматы, тенге"') + RULES, "тенге")


def test_a_rule_that_begins_to_yield_is_looked_for() -> None:
    papers = "  papers: {title: Бумаги, any_of: [{name: регистрация, all: [регистрация, беглец]}]}\n"

    assert reaches(RULES + papers, f"{RULES}        yields_to: [papers]\n{papers}", "выдали")


def test_a_doubt_is_looked_for() -> None:
    of_topic = RULES.replace("    title: Выдача\n", "    title: Выдача\n    doubt: жираф\n")

    assert reaches(RULES, f"doubt: жираф\n{RULES}", "жираф")
    assert reaches(RULES, of_topic, "жираф")


def test_a_rule_of_the_classifier_may_change_everything() -> None:
    asking = load_keywords(f"{RULES}      - {{name: похоже, tier: review, classifier: true}}\n", file="keywords.yaml")
    before = load_keywords(RULES, file="keywords.yaml")

    assert reach(before, asking, compiled=(compile_rules(before), compile_rules(asking))) is None
    assert reach(asking, asking, compiled=(compile_rules(asking),) * 2) == ()
