"""JSON Schema (draft 2020-12) of the maintainers' files, for their editors. The loaders decide, not the schema.

Keys come from the loaders' lists, so that a new key appears by itself; its description is added here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, get_args

from monitor.config import channels, facts, feeds, keywords
from monitor.config.keyword_rules import FactGroup, Role, Scope
from monitor.models.articles import Language, Tier
from monitor.models.channels import Sound, Tongue
from monitor.models.feeds import LONGEST_LINE, FeedKind, FeedLanguage, Listing

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

# What YAML reads as a number or a boolean («1937», «no») is text for the loaders.
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_NOTE: Schema = {"description": "заметка для себя"}


def _described(description: str, **more: Any) -> Schema:
    return {"description": description, **({"type": "string"} | more)}


def _several(description: str, item: Schema) -> Schema:
    return {"description": description, "type": "array", "items": item, "minItems": 1}


def _object(keys: Iterable[str], known: Mapping[str, Schema], *, required: Iterable[str] = ()) -> Schema:
    """Return the schema of an object with these keys and no others; a key without a description accepts anything."""
    properties = {key: known.get(key, {}) for key in keys}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


# ── feeds.yaml ─────────────────────────────────────────────────────────────────────────────────

_LISTING = {
    "item": _described("CSS-селектор одной новости в списке"),
    "link": _described("селектор ссылки внутри неё; без него — первая ссылка"),
    "title": _described("селектор заголовка; без него — текст ссылки"),
    "date": _described("селектор даты; без него — первый элемент time"),
}
_FEED = {
    "name": _described(
        "имя, каким его увидят подписчики; это ключ: адрес менять можно, имя — нет", maxLength=LONGEST_LINE
    ),
    "kind": _described("что лежит по адресу", enum=[kind.value for kind in FeedKind]),
    "url": _described("адрес ленты", pattern="^https?://"),
    "lang": _described("на каком языке пишут", enum=list(get_args(FeedLanguage))),
    "tz": _described("часовой пояс дат без пояса, например Asia/Almaty"),
    "interval": _described(
        "как часто заходить: 90s, 10m, 1h; без него бот подбирает сам", pattern="^[0-9]{1,6} ?[smh]$"
    ),
    "note": _NOTE,
    "group": _described("раздел списка"),
    "fallback": _described("другой адрес тех же новостей, пока основной не отвечает", pattern="^https?://"),
    "listing": _object((field.name for field in fields(Listing)), _LISTING, required=["item"])
    | {"description": "где на странице вида html стоят статьи"},
    "article": _described("CSS-селектор текста статьи на страницах этой ленты"),
    "proxy": _described("прокси только для этой ленты"),
    "user_agent": _described("представляться так, а не по-своему"),
    "paused_until": _described(
        "день, с которого читать ленту снова: 2026-12-10; до него она на паузе",
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    ),
    "paused_because": _described("почему лента на паузе", maxLength=LONGEST_LINE),
    "ca_file": _described("файл PEM с сертификатами, которых сервер не присылает"),
}


def feeds_schema() -> Schema:
    feed = _object(feeds.KEYS, _FEED, required=("name", "kind", "url"))
    stanzas = {"type": "array", "items": {"$ref": "#/$defs/feed"}, "minItems": 1}
    root = _object(("feeds",), {"feeds": stanzas}, required=["feeds"])
    return {"$schema": _DRAFT, "title": "feeds.yaml", **root, "$defs": {"feed": feed}}


# ── channels.yaml ──────────────────────────────────────────────────────────────────────────────

_CHAT_NAME: Schema = {"type": "string", "pattern": "^@[A-Za-z][A-Za-z0-9_]{3,}$"}
_CHAT_NUMBER: Schema = {"type": ["string", "number"], "pattern": "^-?[0-9]+$"}
_CHANNEL = {
    "name": _described("как место зовёте вы; у каждого своё", maxLength=LONGEST_LINE),
    "chat": {"description": "@имя канала или группы либо номер чата", "anyOf": [_CHAT_NAME, _CHAT_NUMBER]},
    "thread": _described("номер темы форума", type="integer", minimum=2),
    "topics": _several("только эти темы keywords.yaml; без ключа — все", {"type": "string"}),
    "news": _several("новости только на этих языках; без ключа — на всех", {"enum": list(get_args(Language))}),
    "language": _described("на каком языке говорит сам бот", enum=list(get_args(Tongue))),
    "brief": _described("true — без цитат", type="boolean"),
    "digest_at": _described(
        "когда раз в день приходит сводка, например 20:00", pattern="^([01]?[0-9]|2[0-3]):[0-5][0-9]$"
    ),
    "sound": _described("что приходит со звуком: urgent — срочное, all — всё, none — ничего", enum=[*map(str, Sound)]),
    "index": _described("true — закреплённое сообщение: открытые дела и истории недели", type="boolean"),
}


def channels_schema() -> Schema:
    channel = _object(channels.KEYS, _CHANNEL, required=("name", "chat"))
    stanzas = {"type": "array", "items": {"$ref": "#/$defs/channel"}, "minItems": 1, "maxItems": channels.MOST}
    root = _object(("channels",), {"channels": stanzas}, required=["channels"])
    return {"$schema": _DRAFT, "title": "channels.yaml", **root, "$defs": {"channel": channel}}


# ── keywords.yaml ──────────────────────────────────────────────────────────────────────────────

_KINDS = ("ru", "kk", *(role.value for role in Role))
_TERMS: Schema = {
    "description": "слова через запятую, $список, «точная форма», начало*, снять с $транспорт; или {ru: …, kk: …}, "
    "{куда: …}; или список таких строк",
    "anyOf": [
        _TEXT,
        {"type": "array", "items": {"$ref": "#/$defs/terms"}, "minItems": 1},
        _object(_KINDS, {key: {"$ref": "#/$defs/terms"} for key in _KINDS}) | {"minProperties": 1},
    ],
}
_LINE: Schema = {"$ref": "#/$defs/terms"}
_WORDS: Schema = {"description": "слова через запятую, как они стоят в списках и правилах, или $список"} | _TEXT
_RULE = {
    "name": _described("имя правила; своё у каждого в теме"),
    "tier": _described("post — сразу в канал, review — сначала редактору", enum=[Tier.POST.value, Tier.REVIEW.value]),
    "all": {
        "description": "должна найтись каждая строка",
        "type": "array",
        "items": _LINE,
        "minItems": 1,
        "maxItems": keywords.MAX_LINES,
    },
    "none": _LINE | {"description": "слова, при которых правило молчит"},
    "within": {
        "description": "как близко должны стоять строки: в предложении, в заголовке, где угодно или за столько слов",
        "anyOf": [
            {"enum": [scope.value for scope in Scope]},
            {"type": "integer", "minimum": 2, "maximum": keywords.MAX_WINDOW},
        ],
    },
    "anywhere": {"description": "true — и в глубине текста, не только в заголовке и начале", "type": "boolean"},
    "no_act": {"description": "true — первая строка не действие: правило о том, кого назвали", "type": "boolean"},
    "yields_to": {
        "description": "темы и правила других тем: если сработало и одно из них, этой темы в посте не будет",
        "type": "array",
        "items": _TEXT,
        "minItems": 1,
    },
    "classifier": {
        "description": "true — правило без слов: спросит о том, чего другие не нашли и что похоже на эту тему",
        "type": "boolean",
    },
    "note": _NOTE,
}
_FACTS = {
    FactGroup.ACT: "что делают; если об этом сказано как о случившемся — «Что», иначе «О чём»",
    FactGroup.MATTER: "о чём речь: бумаги, правила, дело",
    FactGroup.WHO: "с кем это делают",
    FactGroup.BY: "какое ведомство",
    FactGroup.COUNTRY: "где, куда и откуда",
    FactGroup.PLACE: "где",
}
_TONGUES: Mapping[Tongue, str] = {"ru": "по-русски", "kk": "по-казахски", "en": "по-английски"}
_TITLE: Schema = {
    "description": "как тему видит читатель; на нескольких языках — {ru: …, kk: …, en: …}",
    "anyOf": [
        {"type": "string"},
        _object(_TONGUES, {tongue: _described(called) for tongue, called in _TONGUES.items()}, required=["ru"]),
    ],
}
_RULES: Schema = {"$ref": "#/$defs/rule"}
_EXAMPLES = {
    "match": "сработает любое правило темы",
    "post": "сработает правило tier: post",
    "review": "сработает правило tier: review, и не сильнее",
    "miss": "не сработает ни одно",
}


def keywords_schema() -> Schema:
    texts = {"type": "array", "items": _TEXT, "minItems": 1}
    examples = {key: texts | {"description": _EXAMPLES[key]} for key in keywords.EXAMPLE_KEYS}
    topic = {
        "title": _TITLE,
        "hashtag": _described("хэштег в посте, без «#» и пробелов; без него — имя темы"),
        "none": _LINE | {"description": "слова, при которых молчат все правила темы"},
        "doubt": _LINE | {"description": "слова, рядом с которыми post спрашивает редактора, review молчит"},
        "any_of": {"description": "правила; достаточно одного", "type": "array", "items": _RULES, "minItems": 1},
        "examples": _object(keywords.EXAMPLE_KEYS, examples) | {"description": "их проверяет monitor check"},
        "note": _NOTE,
    }
    of_any_name = {"type": "object", "additionalProperties": _LINE}
    topics = {
        "type": "object",
        "propertyNames": {"pattern": f"^{keywords.TOPIC_ID.pattern}$"},
        "additionalProperties": {"$ref": "#/$defs/topic"},
        "minProperties": 1,
    }
    top = {
        "lists": of_any_name | {"description": "списки слов, на которые ссылаются: $список"},
        "people": _LINE | {"description": "люди: только с большой буквы, во всех падежах; ссылка — $people"},
        "never": _LINE | {"description": "слова, с которыми в заголовке молчат все правила файла"},
        "doubt": _LINE | {"description": "слова, с которыми в заголовке post спрашивает редактора, review молчит"},
        "elsewhere": _object(keywords.ELSEWHERE_KEYS, dict.fromkeys(keywords.ELSEWHERE_KEYS, _LINE))
        | {
            "description": "новость о другой стране: слово there в заголовке или начале, слов here нигде нет",
            "required": [*keywords.ELSEWHERE_KEYS],
        },
        "short_text": {
            "description": "во сколько раз шире окна (within: число) в тексте до 600 знаков: он весь об одном",
            "type": "number",
            "minimum": 1,
            "maximum": keywords.MAX_FACTOR,
        },
        "counters": {
            "description": "что считать по месяцам на графиках архива: правила, которые ничего не публикуют",
            "type": "array",
            "minItems": 1,
            "items": _object(keywords.COUNTER_KEYS, _RULE, required=["name", "all"]),
        },
        "facts": _facts_schema(),
        "topics": topics | {"description": "темы; имя темы — латинские буквы, цифры и «_»"},
    }
    return {
        "$schema": _DRAFT,
        "title": "keywords.yaml",
        **_object(keywords.TOP_KEYS, top, required=["topics"]),
        "$defs": {
            "topic": _object(keywords.TOPIC_KEYS, topic, required=["title", "any_of"]),
            "rule": _object(keywords.RULE_KEYS, _RULE)
            | {"if": {"required": ["classifier"]}, "else": {"required": ["all"]}},
            "terms": _TERMS,
        },
    }


def _facts_schema() -> Schema:
    named: Schema = {"type": "object", "additionalProperties": _WORDS, "minProperties": 1}
    groups = {group.value: named | {"description": text} for group, text in _FACTS.items()}
    nothing = {FactGroup.NOTHING.value: _WORDS | {"description": "слова, из которых строке фактов взять нечего"}}
    described = "что значат слова правил: название по-русски / по-казахски / по-английски, после двоеточия слова"
    return _object(facts.GROUPS, groups | nothing) | {"description": described}
