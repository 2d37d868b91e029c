"""Things that Kazakh verbs give or register: «құжат тапсырды», «түсінік берді», «оқиға тіркелді» concern no person.

In Kazakh the object is right before its verb, with at most the receiver between: «құжаттарын полицияға тапсырды». No
Kazakh dictionary says which nouns are things; those that stand before these verbs in news are listed here.
"""

import re

_VERB = re.compile("(бер|тапсыр|табыста|қайтар|өткіз)|тірке")
_GIVEN = re.compile(
    "құжат|төлқұжат|паспорт|куәлі[кг]|анықтама|рұқсат|мәртебе|баспана|азаматты[қғ]|түсіні[кг]|түсініктеме|жауа[пб]|айға[қғ]"
    "|өтініш|өтінім|арыз|шағым|хат|есе[пб]|нәтиже|тапсырма|бұйры[қғ]|нұсқау|емтихан|сына[қғ]|дәріс|саба[қғ]|кіта[пб]"
    "|кепілді[кг]|баға|пікір|сұхбат|уәде|ант|серт|дауыс|ақпарат|мәлімет|дерек|материал|көме[кг]|кеңес|мүмкінді[кг]"
    "|мерзім|уақыт|актив|қаражат|мүлік|мүлкі|қолхат|ақша|қаржы|пара|сыйлы[қғ]|қару|кілт|пәтер|көлі[кг]|телефон|мәйіт|сүйе[кг]|денесі|ісі|істі"
)
_REGISTERED = re.compile(
    "шағым|арыз|өтініш|өтінім|көлі[кг]|автокөлі[кг]|неке|компания|кәсіпорын|кәсіпкерлі[кг]|қылмыс|оқиға|жағдай|факті|апат"
    "|сілкініс|ауру|дерт|құқы[қғ]|деңгей|көрсеткіш"
)
_NO_OBJECT = "ға қа ге ке на не да де та те дан ден тан тен нан нен мен бен пен ның нің дың дің тың тің"
_AWAY = tuple(_NO_OBJECT.split())
_ADVERB = frozenset({"қайта", "тағы", "әлі", "бұрын", "енді", "да", "де", "жаңадан", "толық", "ашық", "жазбаша"})
_BACK = 3  # words before the verb that are examined
_WORD = re.compile(r"\w+(?:-\w+)*|[^\w\s]")


def is_handling(form: str) -> bool:
    """Whether a folded word may be a Kazakh verb that gives or registers a person or a thing."""
    return _VERB.match(form) is not None


def handled_thing(form: str, before: str) -> str:
    """Return the thing that such a verb gives or registers; "" for a person, or if it is not said.

    `before` is the article's text before the verb.
    """
    verb = _VERB.match(form)
    things = _GIVEN if verb and verb[1] else _REGISTERED
    for word in map(str.lower, reversed(_WORD.findall(before)[-_BACK:])):
        is_away = word.endswith(_AWAY)  # in a case other than that of an object
        if things.match(word) and not is_away:
            return word
        if not is_away and word not in _ADVERB:
            return ""
    return ""
