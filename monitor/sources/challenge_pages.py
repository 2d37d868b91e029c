"""Pages that stand in for what was asked: bot walls, logins, maintenance. Recognised and named, never bypassed.

Each is known by what its page is made of, not by words a news page may contain.
"""

import re
from collections.abc import Mapping

_LONGEST = 65_536  # characters: a challenge page is small; a news page that speaks of one is not
_START = re.compile(r"\s*(?:<!doctype html|<html|<head|<script|<meta|<!--|<title|<body)", re.IGNORECASE)

_TITLE = r"<title[^<>]*>\s*(?:{})[\s.!…|:—–-]*</title"
_STUB = 200  # characters a reader sees; a page that sets a cookie and reloads shows next to none
_SHORT = 1_500  # the same of a login or a notice; an article has more

_WALLS = (
    (
        "Cloudflare",
        re.compile(
            r"_cf_chl_opt|cf-browser-verification|id=[\"']challenge-form|cf-challenge-running"
            r"|<title>\s*(?:just a moment|attention required!|один момент|одну минуту)",
            re.IGNORECASE,
        ),
    ),
    (
        "DDoS-Guard",
        re.compile(r"<title>\s*ddos-guard|ddos protection by ddos-guard|ddos-guard/js-challenge", re.IGNORECASE),
    ),
    ("Qrator", re.compile(r"/__qrator/", re.IGNORECASE)),
    ("Variti", re.compile(r"esteq_ddos_intercepter", re.IGNORECASE)),
    ("DataDome", re.compile(r"captcha-delivery\.com", re.IGNORECASE)),
    ("Imperva", re.compile(r"_incapsula_resource", re.IGNORECASE)),
    ("SmartCaptcha", re.compile(r"smartcaptcha\.yandexcloud\.net|/showcaptcha\?|checkbox-captcha-form", re.IGNORECASE)),
)

# Marks that ordinary pages behind the same wall carry too; they name who refused when the answer is a refusal.
_REFUSAL_MARKS = (
    ("Cloudflare", re.compile(r"/cdn-cgi/challenge-platform/|cf-error-details|cloudflare ray id", re.IGNORECASE)),
    ("DDoS-Guard", re.compile(r"/\.well-known/ddos-guard/|check\.ddos-guard\.net", re.IGNORECASE)),
    ("DataDome", re.compile(r"\bdatadome\b", re.IGNORECASE)),
)
_SETS_COOKIE = re.compile(r"document\.cookie\s*=")
_RELOADS = re.compile(r"location\.(?:reload|replace|assign|href)\b|\blocation\s*=[^=]")
_PASSWORD = re.compile(r"<input\b[^<>]*\btype\s*=\s*[\"']?password", re.IGNORECASE)
_LOGIN_TITLE = re.compile(
    _TITLE.format(
        r"вход(?: (?:на сайт|в систему|в личный кабинет))?|войти|авторизация|кіру|жүйеге кіру|log ?in|sign ?in"
    ),
    re.IGNORECASE,
)
_MAINTENANCE_TITLE = re.compile(
    _TITLE.format(
        r"(?:на сайте )?(?:(?:ведутся|проводятся|идут) )?технические работы|сайт (?:находится )?на "
        r"(?:техническом обслуживании|реконструкции)|(?:сайт|сервис) временно (?:недоступен|не работает)"
        r"|техническое обслуживание|(?:сайтта )?техникалық жұмыстар(?: жүргізілуде| жүріп жатыр)?"
        r"|(?:(?:site|website) (?:is )?)?(?:(?:under|down for) )?(?:scheduled )?maintenance(?: mode)?"
        r"|under construction"
    ),
    re.IGNORECASE,
)


def wall(page: str, headers: Mapping[str, str] | None = None, *, status: int = 200) -> str:
    """The name of the wall whose challenge this page is; "" if it is an ordinary page.

    `headers` have lower-case names or look-up that does not mind case; a `status` of refusal lets weaker marks count.
    """
    if headers and headers.get("cf-mitigated", "").lower() == "challenge":
        return "Cloudflare"
    if not is_small_page(page):
        return ""
    marks = (*_WALLS, *_REFUSAL_MARKS) if status in (401, 403) else _WALLS
    if named := next((name for name, pattern in marks if pattern.search(page)), ""):
        return named
    is_stub = _SETS_COOKIE.search(page) and _RELOADS.search(page) and len(_visible(page)) < _STUB
    return "на cookie" if is_stub else ""


def is_login(page: str) -> bool:
    """Whether the page only asks for a password."""
    return is_small_page(page) and bool(
        _LOGIN_TITLE.search(page) and _PASSWORD.search(page) and len(_visible(page)) < _SHORT
    )


def is_maintenance(page: str) -> bool:
    """Whether the page only says that the site is being worked on."""
    return is_small_page(page) and bool(_MAINTENANCE_TITLE.search(page) and len(_visible(page)) < _SHORT)


def is_small_page(page: str) -> bool:
    """Whether this is HTML, and short enough to stand in for something."""
    return len(page) <= _LONGEST and _START.match(page) is not None


def _visible(page: str) -> str:
    """About what a reader sees: no scripts, styles, tags. Linear in the page's length."""
    for name in ("script", "style", "noscript"):
        page = _without(page, name)
    return " ".join(re.sub(r"<[^<>]*>", " ", page).split())


def _without(page: str, name: str) -> str:
    lowered, kept, at = page.lower(), [], 0
    if len(lowered) != len(page):  # a letter whose small form is two
        lowered = page
    while (start := lowered.find(f"<{name}", at)) >= 0:
        kept.append(page[at:start])
        at = lowered.find(f"</{name}", start)
        if at < 0:
            return "".join(kept)
    return "".join([*kept, page[at:]])
