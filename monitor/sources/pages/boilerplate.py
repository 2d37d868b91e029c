"""Lines of a page that are not its article, known by their words: Russian, Kazakh, English, German.

Only whole short lines are known here, so that no sentence of an article is mistaken for one. What goes with such a line
is decided in content.py; disclaimers inside running text are taken out by text/markup.py.
"""

import re
from collections.abc import Sequence

_LONGEST = 200  # characters; anything longer is a paragraph


def _whole(*wordings: str) -> re.Pattern[str]:
    """A line that is one of the wordings, with ornaments around it."""
    return re.compile(rf"[^\w\n]{{0,6}}(?:{'|'.join(wordings)})[^\w\n]{{0,6}}", re.IGNORECASE)


_OTHERS = _whole(
    r"читайте также|читать также|ещё по теме|еще по теме|по теме|материалы по теме|смотрите также|рекомендуем",
    r"(?:похожие|другие|последние|свежие) (?:статьи|новости|записи|материалы|публикации)|новости партн[её]ров",
    r"вам может быть интересно|популярное|лента новостей|самое (?:читаемое|интересное)|ещ[её] новости",
    r"об авторе|авторы?|теги|метки|поделиться.{0,30}",
    r"сондай-ақ оқыңыз|тағы оқыңыз|(?:ұқсас|басқа|соңғы) (?:жаңалықтар|материалдар)|автор туралы",
    r"бөлісу|тақырып бойынша|.{0,60}жазылыңыз.{0,20}",
    r"(?:подпи(?:шитесь|сывайтесь)|подписаться|поддержите) .{0,80}|abonnieren sie .{0,60}",
    r"related(?: \w+){0,2}|read (?:next|also|more)|see also|up next|(?:next|previous) (?:post|article)",
    r"you (?:may|might)(?: also)? (?:like|enjoy|be interested in)|don[’']?t miss.{0,20}|follow us.{0,20}",
    r"more (?:from|on|in|stories|news)\b.{0,40}|recommended(?: \w+){0,3}|trending(?: \w+)?",
    r"most (?:read|popular)|popular (?:posts|articles|stories)|(?:latest|recent) (?:news|posts|stories|articles)",
    r"about the authors?|about author|share(?: this| it| on| via)?(?: \w+){0,3}|tags|categories",
    r"subscribe.{0,40}|newsletter|sign up.{0,50}",
    r"(?:ähnliche|weitere|verwandte|neueste|letzte) (?:beiträge|artikel|themen|meldungen|nachrichten|infos).{0,20}",
    r"das könnte (?:sie|dich|euch) auch interessieren|mehr (?:zum thema|aus|von|artikel|lesen)\b.{0,30}",
    r"lesen sie auch|auch interessant|meistgelesen|über (?:den autor|die autorin)|teilen.{0,20}",
    r"schlagw[oö]rter?|kategorien|zum thema",
)
_COMMENTS = _whole(
    r"(?:\d+ )?комментари(?:и|ев|й|я)(?: \(?\d+\)?)?|комментарии к .{0,80}|ваш комментарий",
    r"(?:оставить|добавить|написать) комментарий|пікірлер(?: \(?\d+\)?)?|пікір қалдыру",
    r"(?:\d+ )?comments?(?: \(?\d+\)?)?(?: (?:on|to) .{0,120})?",
    r"\d+ (?:responses?|replies|thoughts)(?: (?:on|to) .{0,120})?",
    r"leave a (?:reply|comment|response).{0,40}|post a comment|add (?:a )?comment|no comments(?: yet)?",
    r"join the (?:discussion|conversation)|(?:\d+ )?(?:leser)?kommentare?(?: \(?\d+\)?)?(?: zu .{0,120})?",
    r"\d+ gedanken zu .{0,120}|\d+ antworten(?: auf .{0,120})?|antwort schreiben",
    r"schreib(?:e|en sie)? (?:einen |deinen |ihren )?kommentar.{0,20}|hinterlasse eine? (?:kommentar|antwort).{0,20}",
    r"kommentar (?:schreiben|hinterlassen|verfassen).{0,20}|hinterlasse einen kommentar.{0,20}",
)
_ABOUT_PAGE = _whole(
    # its place in the site
    r"(?:tags?|tagged(?: (?:with|as|under))?|(?:filed|posted) (?:under|in)|categor(?:y|ies))\s*:.{0,160}",
    r"(?:keywords|labels|topics)\s*:.{0,160}",
    r"(?:kategorien?|schlagw[oö]rter?|stichworte|themen|(?:veröffentlicht|abgelegt) (?:in|unter))\s*:.{0,160}",
    r"(?:теги?|метки|рубрик[аи]|ключевые слова|тегтер|айдар)\s*:.{0,160}",
    r"this entry was posted .{0,160}|bookmark the permalink.{0,20}",
    r"dieser (?:beitrag|eintrag) wurde .{0,160}(?:veröffentlicht|abgelegt|geschrieben).{0,60}",
    # when it was put there; with a full stop at its end it is a sentence
    r"(?!.*\.$)(?:posted|published|(?:last )?updated|written|last modified|created)\b[^!?]{0,60}"
    r"(?:\d{4}|\d\d:\d\d)[^.!?]{0,60}",
    r"(?!.*\.$)(?:veröffentlicht|geschrieben|erstellt|(?:zuletzt )?(?:aktualisiert|geändert)|stand)\b[^!?]{0,60}"
    r"\d{4}[^.!?]{0,60}",
    r"(?!.*\.$)(?:опубликовано|обновлено|дата публикации|жарияланған|жарияланды|жаңартылды)\b[^!?]{0,60}"
    r"\d\d[^.!?]{0,60}",
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}(?:,?\s*\d\d:\d\d)?|\d\d:\d\d,?\s*\d{1,2}[./-]\d{1,2}[./-]\d{2,4}",
    # what can be done with it
    r"\d+ (?:min(?:ute)?s? read|мин(?:ут[аы]?)? чтения|min\.? lesezeit|minuten lesezeit)",
    r"(?:lesezeit|reading time|время чтения)\b.{0,20}",
    r"(?:просмотров|views|aufrufe|қаралды|қаралым)\s*:?\s*[\d\s.,]+|[\d\s.,]+ (?:просмотр\w*|views|aufrufe|қаралым)",
    r"print(?: this)?(?: page)?|drucken|распечатать|версия для печати|share|tweet|pin it|(?:email|like) this|loading",
    r"(?:read|see|click) more|weiterlesen|mehr lesen|читать далее|подробнее|толығырақ|back to top|nach oben|наверх",
    # whose it is, and who pays
    r"(?:copyright|\(c\)) .{0,160}|.{0,80}©.{0,160}",
    r".{0,100}(?:all rights reserved|alle rechte vorbehalten|все права защищены|барлық құқық).{0,100}",
    r"при (?:(?:полном|частичном|или) ){0,3}(?:использовании|перепечатке|цитировании|копировании) .{0,160}ссылк.{0,80}",
    r"advertise?ments?|ad|sponsored(?: content)?|anzeigen?|werbung|реклама|на правах рекламы|жарнама",
)
_CHANGED = (
    r"обновл|измен[её]н|отредактир|жаңарт|өзгерт|updated?\b|modified|edited|aktualisier|geändert|bearbeitet|mis à jour"
    r"|actualizad|aggiornat|atualizad|gewijzigd|bijgewerkt"
)
_PUBLISHED = (
    r"опубл|размещ|создан|жариялан|publish|posted|created|written|veröffentlicht|erstellt|geschrieben|publi[ée]|publica"
    r"|pubblic"
)
DATE_MARK = re.compile(rf"\b(?:(?P<changed>(?:{_CHANGED})\w*)|(?P<published>(?:{_PUBLISHED})\w*))", re.IGNORECASE)

# What a site says of itself and asks of its readers, in whole sentences: consent, rights, registration, donations.
_NOTICE = re.compile(
    # consent
    r"\bcookies?\b.{0,160}\b(?:we|our|you|your|wir|sie|ihre[nmr]?|мы|вы|вам|наш\w*|вашего|біз|сіз|nous|vous|site|website)\b"
    r"|\b(?:we|wir|мы|біз|nous|diese (?:web)?seite|сайт)\b.{0,80}\bcookies?\b"
    r"|\bcookies?\b.{0,80}\b(?:cookies?|settings|einstellungen|gerät|сайт\w*)\b"
    r"|обработк\w+ (?:\w+ )?персональных данных|process\w* (?:of )?(?:your )?personal data|personenbezogene[nr]? daten"
    r"|дербес деректерді өңде"
    r"|by (?:clicking|continuing|using)\b.{0,60}\byou\b|нажимая (?:на )?кнопку|mit (?:einem )?klick auf"
    r"|(?:ваш|your|deine|ihre) (?:e-?mail|адрес).{0,40}(?:не будет опубликован|not be published|nicht veröffentlicht)"
    # rights, registration, responsibility
    r"|(?:все|исключительные) права .{0,80}(?:защищены|принадлежат|охраня)|охраняются (?:законом|в соответствии)"
    r"|all rights (?:reserved|to)|(?:may|must) (?:not )?be reproduced|alle rechte (?:an|vorbehalten)|\bnachdruck\b"
    r"|барлық құқық|(?:сетевое издание|свидетельство о (?:регистрации|постановке)|желілік басылым)\b"
    r"|зарегистрирован\w* .{0,60}(?:служб\w+ по надзору|роскомнадзор|министерств\w+ .{0,40}(?:информац|печати|связи))"
    r"|признан\w* .{0,80}(?:экстремистск|террористическ|нежелательн)\w+ .{0,60}запрещен\w+"
    r"|(?:мнени[ея]|пікірі) .{0,60}(?:не совпадать|совпадать не|сәйкес келмеуі)|редакция не нес[её]т ответственност"
    r"|not (?:responsible|liable) for the content|opinions expressed .{0,60}(?:own|author)|keine haftung für"
    r"|für (?:den )?inhalte? .{0,60}verantwortlich|verantwortlich für den inhalt"
    # donations
    r"|ежемесячн\w+ (?:пожертвовани|платеж|поддержк)|(?:оформите|сделайте) .{0,40}(?:пожертвовани|донат)"
    r"|monthly donation|monatliche spende",
    re.IGNORECASE,
)
_LONGEST_NOTICE = 700
# One of them is in every notice: looking for these costs a tenth of asking the pattern.
_OF_NOTICES = tuple(
    """
    cookie|персональн|personal data|personenbezogen|дербес|by click|by contin|by using|нажимая
    klick auf|mail|адрес|все права|исключительные права|охраняются|all rights|be reproduced|alle rechte|nachdruck
    барлық құқық|сетевое издание|свидетельство о|басылым|зарегистрирован|признан|мнени|пікірі|редакция не|liable
    responsible|opinions|haftung|verantwortlich|ежемесячн|пожертв|донат|monthly|spende
    """.strip()
    .replace("\n    ", "|")
    .split("|")
)


def opens_others(line: str) -> bool:
    """Whether a line stands over links to other articles, shares, tags, a note on the author."""
    return len(line) <= _LONGEST and _OTHERS.fullmatch(line) is not None


def opens_comments(line: str) -> bool:
    """Whether a line stands over the readers' comments: nothing below is the article."""
    return len(line) <= _LONGEST and _COMMENTS.fullmatch(line) is not None


def is_about_page(line: str) -> bool:
    """Whether a line speaks of the page it stands on: tags, dates, shares, rights."""
    return len(line) <= _LONGEST and _ABOUT_PAGE.fullmatch(line) is not None


def notices(lines: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines that speak of the site and its readers: consent, rights, registration, donations.

    An article about cookies has such lines too: they count as notices only at the edges of a text, or where they are
    most of their box.
    """
    whole = "\n".join(lines).lower()
    words = [word for word in _OF_NOTICES if word in whole]
    short = [n for n, line in enumerate(lines) if line and len(line) <= _LONGEST_NOTICE] if words else []
    spoken = (n for n in short if any(word in lines[n].lower() for word in words))
    return frozenset(n for n in spoken if _NOTICE.search(lines[n]))
