import unicodedata
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text.languages import kazakh_suffixes as grammar
from monitor.text.languages.kazakh import LATIN_MARKS, Stem, latin_skeleton, stems
from monitor.text.unicode import fold

# A dictionary word and forms that must be accepted.
FORMS = {
    "босқын": "босқын босқынның босқынға босқынды босқында босқыннан босқынмен босқындар босқындардың босқындарға"
    " босқындарды босқындармен босқыны босқынының босқындары босқындарын босқынбыз босқындардағы",
    "азамат": "азамат азаматтың азаматқа азаматты азаматтан азаматпен азаматтар азаматтарға азаматы"
    " азаматының азаматына"
    " азаматтары азаматтарымыз азаматымыздың азаматтарыңыз азаматсың",
    "азаматы": "азаматы азаматын азаматына азаматынан азаматының азаматымен азаматтары азаматтарын"
    " азаматтарының азаматтарына",
    "комитеті": "комитеті комитетінің комитетіне комитетінде комитетінен комитетімен комитеттері комитеттерінің",
    "полициясы": "полициясы полициясының полициясына полициясынан полицияларының",
    "мектебі": "мектебі мектебінің мектептері мектептеріне",
    "рұқсат": "рұқсат рұқсаттың рұқсатқа рұқсатты рұқсаты рұқсатын рұқсатынан рұқсаттар"
    " рұқсаттардың рұқсатымен рұқсаттағы",
    "баспана": "баспана баспананың баспанаға баспананы баспанадан баспаналар баспанасы баспанасынан баспанамен",
    "пана": "пана панаға пананың панадан панасы панасына панамен",
    "экстрадиция": "экстрадиция экстрадицияның экстрадицияға экстрадициядан экстрадициясы экстрадициясына",
    "депортация": "депортация депортацияны депортациядан депортациялар депортациясын",
    "Ресей": "ресей ресейдің ресейге ресейде ресейдегі ресейден ресеймен ресейдікі",
    "ресейлік": "ресейлік ресейліктің ресейліктер ресейліктерді ресейліктерге ресейлігі",
    "құқық": "құқық құқығы құқығын құқықтар құқықтары құқыққа",
    "талап": "талап талабы талабын талаптар талапқа",
    "көмек": "көмек көмегі көмегімен көмекке көмектер",
    "халық": "халық халқы халқының халыққа халықтың",
    "орын": "орын орны орнында орнынан орындар",
    "қауіп": "қауіп қаупі қаупінен қауіптер",
    "журналист": "журналист журналистер журналистердің журналистің журналистке журналиске",
    "процесс": "процесс процесі процеске процестер процестің",
    "факт": "факт фактісі фактіні фактілер фактілерді",
    "король": "король корольдің королі короліне",
    "экстрадициялау": "экстрадициялау экстрадициялауға экстрадициялаудың экстрадициялады"
    " экстрадициялайды экстрадициялап"
    " экстрадицияланды экстрадицияланған экстрадициялануы экстрадициялануын экстрадицияламайды экстрадициялатын"
    " экстрадициялаған экстрадициялағаннан экстрадицияласа экстрадицияламақ экстрадицияламақшы"
    " экстрадицияланбайды",
    "ұстау": "ұстау ұстады ұстап ұстайды ұсталды ұсталған ұсталғандар ұсталғандардың ұсталуы ұстаған ұстамады ұстатты",
    "ұстап": "ұстап",
    "шығарып": "шығарып",
    "беру": "беру беруге беруді берді берген бергенін береді бермейді бермеді беріп беріпті берілді"
    " берілген беріледі"
    " бермек бермекші берсе берер берместен беруіне бергендіктен беретін беріңіз",
    "алу": "алу алуға алды алған алады алмады алып алынды алынған алар алмақ алса ап",
    "тергеу": "тергеу тергеуге тергеудің тергеуде тергеуден тергеді тергеген тергейді тергелген"
    " тергелуде тергеп тергетті",
    "шақыру": "шақыру шақыруға шақырды шақырған шақырылды шақырылған шақырылуда шақыртты шақырту"
    " шақыртумен шақырып шақырар",
    "жіберу": "жіберу жіберді жіберген жіберілді жіберіп жібермейді жібереді жіберсе",
    "табу": "табу табады тапты тапқан тауып табылды таппады",
    "шығу": "шығу шығады шықты шыққан шығып шықпайды",
    "қою": "қою қойды қояды қойған қойып қоюға қоятын қойылды",
    "оқу": "оқу оқыды оқиды оқыған оқып оқитын",
    "ҰҚК": "ұқк ұқкнің ұқкге ұқкде ұқкден ұқкның ұқкға ұқкмен",
    "КНБ": "кнб кнбның кнбға кнбнің кнбге кнбдан",
    "РВП": "рвп рвпның рвпға рвпны",
    "Рыбаков": "рыбаков рыбаковтың рыбаковқа рыбаковты рыбаковтан рыбаковпен рыбаковтар рыбаковтікі",
    "Соловьева": "соловьева соловьеваның соловьеваға соловьеваны соловьевамен",
}

# A dictionary word and words that are not its forms.
OTHERS = {
    "босқын": "босқыншыға босану бостан босаға",
    "баспана": "баспасөз баспалау баспаналы",
    "пана": "панам панаң панамыз панасыз паналау",
    "тергеу": "тергеушіге тергеушілік терезе терлеу",
    "депортация": "депортациялауға депо",
    "экстрадиция": "экстрадициялаудың экстрадициялық экстра",
    "ұстап": "ұстады ұстау",
    "шығарып": "шығарылды шығару",
    "Рыбаков": "рыбакова рыбаковым рыбак рыбаковский",
    "Соловьева": "соловьев соловьевка соловьевам соловьевым",
    "ҰҚК": "ұқкмыз ұқкшы ұқ",
    "азамат": "азаматтық азаматтылық",
    "беру": "беруші берекелі берен",
}

# A dictionary word and how it is written in Latin letters: 2018, 2021, home-made.
LATIN = {
    "тергеу": "tergeý tergeýdi tergeu tergeude",
    "босқын": "bosqyndardyń bosqynğa bosqyndardyñ bosqyndy",
    "экстрадициялау": "ekstradısııalaý ekstradıtsııalandy ekstraditsiialaudy ekstradisialady",
    "шығару": "shyǵaryldy şyğaryldy shygharyldy shyǵarýǵa",
    "шақыру": "shaqyryldy şaqyrdy shaqyrý",
    "жіберу": "jiberildi jıberıldı jiberý",
    "қауіпсіздік": "qaýipsizdik qauıpsızdık qauipsizdik",
    "комитеті": "komıtetiniń komitetınıñ komıtetine",
    "конституция": "konstıtýsııanyń konstitutsiianyñ konstitusianyñ",
    "полиция": "polısııaǵa polisiağa polisiya politsiia",
    "ел": "elding eldiń eldıñ",
    "ҰҚК": "ūqk uqk uqkniń",
    "Рыбаков": "rybakov rybakovtyń rybakovqa",
    "Ресей": "reseıge reseige reseyde reseıdiń",
}


def accepts(word: str, form: str, script: str = "cyrillic") -> bool:
    return any(
        stem.script == script and form.startswith(stem.text) and stem.accepts(form[len(stem.text) :])
        for stem in stems(word)
    )


@pytest.mark.parametrize("word", FORMS)
def test_every_form_is_accepted(word: str) -> None:
    assert [form for form in FORMS[word].split() if not accepts(word, form)] == []


@pytest.mark.parametrize("word", OTHERS)
def test_other_words_are_not_accepted(word: str) -> None:
    assert [form for form in OTHERS[word].split() if accepts(word, form)] == []


@pytest.mark.parametrize("word", LATIN)
def test_latin_spellings_are_accepted(word: str) -> None:
    written = [latin_skeleton(fold(form).text) for form in LATIN[word].split()]
    assert [form for form in written if not accepts(word, form, "latin")] == []


def test_latin_needs_its_own_stems() -> None:
    assert not accepts("тергеу", "tergeu")
    assert not accepts("тергеу", latin_skeleton("tergeýshi"), "latin")


@pytest.mark.parametrize(
    ("text", "marked"), [("tergeýdi", True), ("ūsталды", True), ("telegram", False), ("сот", False)]
)
def test_marks_tell_latin_kazakh(text: str, *, marked: bool) -> None:
    assert bool(LATIN_MARKS.search(text)) is marked


@pytest.mark.parametrize("word", ["", "Telegram", "1937", "екі сөз", "ķaz"])
def test_what_is_no_kazakh_word_has_no_stems(word: str) -> None:
    assert stems(word) == ()


def test_a_very_long_rest_is_refused_at_once() -> None:
    stem = Stem(text="а", script="cyrillic", template="(?:лар)*", vowels="any")
    assert stem.accepts("лар" * 5)
    assert not stem.accepts("лар" * 100_000)


@given(st.sampled_from(list(FORMS)))
def test_a_word_accepts_itself_in_both_scripts(word: str) -> None:
    folded = fold(word).text
    assert accepts(word, folded)
    assert accepts(word, latin_skeleton(folded), "latin")


@settings(max_examples=50)
@given(word=st.sampled_from(list(FORMS)), at=st.integers(0, 20))
def test_stems_do_not_depend_on_how_the_rule_was_typed(word: str, at: int) -> None:
    expected = stems(word)
    assert stems(unicodedata.normalize("NFD", word)) == expected
    assert stems(f"{word[:at]}\u00ad{word[at:]}") == expected


@given(word=st.sampled_from(list(FORMS)), rest=st.text(st.sampled_from("аеыілдтнмғгқкрсңу"), max_size=40))
def test_any_rest_is_answered(word: str, rest: str) -> None:
    assert all(stem.accepts(rest) in {True, False} for stem in stems(word))


@pytest.mark.parametrize("script", ["cyrillic", "latin"])
def test_what_is_quick_to_look_for_has_every_letter_of_the_endings(script: grammar.Script) -> None:
    templates = [value for name, value in vars(grammar).items() if name.isupper() and isinstance(value, str)]
    harmonies: tuple[grammar.Vowels, ...] = ("back", "front")
    for template, harmony in product((*templates, grammar._DEED), harmonies):
        pattern = grammar._endings(template, script, harmony).pattern.pattern.decode(grammar._CODECS[script])
        letters = "".join({*filter(str.islower, pattern)})
        assert grammar.LETTERS.fullmatch(letters)
        assert grammar.LETTERS.fullmatch(letters.translate(str.maketrans("ғқңі", "гкни")))


def test_what_has_no_letter_of_its_script_is_no_ending() -> None:
    assert not grammar.accept("ler", grammar.NOUN, "cyrillic", "any")
    assert not grammar.accept("лар", grammar.NOUN, "latin", "any")


def test_a_verb_is_a_noun_from_its_participle_on_and_all_of_one_harmony() -> None:
    verb = Stem(text="бер", script="cyrillic", template=grammar.VERB, vowels="any")
    assert all(map(verb.accepts, ("", "ғандардың", "гендіктен", "улары", "атындарға")))
    assert not any(map(verb.accepts, ("ғандердің", "генлардың", "ған1", "ген2")))
