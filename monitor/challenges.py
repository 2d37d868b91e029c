"""Pages of bot walls: recognised and named, never bypassed.

A wall is known by what its page is made of, not by words a news page may contain.
"""

import re
from collections.abc import Mapping

_LONGEST = 65_536  # a challenge page is small; a news page that speaks of one is not
_START = re.compile(r"\s*(?:<!doctype html|<html|<head|<script|<meta|<!--|<title|<body)", re.IGNORECASE)

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


def wall(page: str, headers: Mapping[str, str] | None = None) -> str:
    """The name of the wall whose challenge this page is; "" if it is an ordinary page.

    `headers` have lower-case names or look-up that does not mind case.
    """
    if headers and headers.get("cf-mitigated", "").lower() == "challenge":
        return "Cloudflare"
    if len(page) > _LONGEST or not _START.match(page):
        return ""
    return next((name for name, pattern in _WALLS if pattern.search(page)), "")
