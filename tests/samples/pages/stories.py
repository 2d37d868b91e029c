"""Made-up articles, and what a page puts around them: in four languages, the same for the same seed.

A story's sentences come from small banks of our own, so that no page borrows from anybody; what surrounds it comes
from other banks, so that a word of it in the extracted text is a fault.
"""

import random  # noqa: TID251 - texts are made up; the seed makes them the same every time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_SUBJECTS = {
    "ru": (
        "Городской суд", "Адвокат задержанного", "Пресс-служба прокуратуры", "Старший следователь", "Жительница Актобе",
        "Правозащитная группа", "Бывший учитель", "Областной акимат", "Представитель посольства", "Редактор местной газеты",
        "Министерство юстиции", "Водитель автобуса", "Профсоюз железнодорожников", "Комиссия по делам беженцев",
    ),
    "kk": (
        "Қалалық сот", "Ұсталған адамның адвокаты", "Прокуратураның баспасөз қызметі", "Аға тергеуші", "Ақтөбе тұрғыны",
        "Құқық қорғау тобы", "Бұрынғы мұғалім", "Облыс әкімдігі", "Елшілік өкілі", "Жергілікті газет редакторы",
        "Әділет министрлігі", "Автобус жүргізушісі", "Теміржолшылар кәсіподағы", "Босқындар комиссиясы",
    ),
    "en": (
        "The district court", "A lawyer for the detained man", "The prosecutor's press office", "One senior investigator",
        "A resident of the old town", "The rights group", "A former teacher", "The regional council", "An embassy official",
        "The editor of the local paper", "The ministry of justice", "A bus driver", "The rail workers' union",
        "The refugee commission",
    ),
    "de": (
        "Das Bezirksgericht", "Der Anwalt des Festgenommenen", "Die Pressestelle der Behörde", "Eine leitende Ermittlerin",
        "Eine Bewohnerin der Altstadt", "Die Bürgerinitiative", "Ein früherer Lehrer", "Der Gemeinderat",
        "Ein Vertreter der Botschaft", "Die Redaktion der Lokalzeitung", "Das Ministerium", "Ein Busfahrer",
        "Die Gewerkschaft der Bahn", "Die Kommission für Flüchtlinge",
    ),
}  # fmt: skip
_DEEDS = {
    "ru": (
        "сообщил во вторник, что дело отложено", "подтвердила получение запроса о выдаче", "рассказал о ночном обыске",
        "попросила отложить слушание на две недели", "назвал решение преждевременным", "обжалует постановление в апелляции",
        "отказалась отвечать на вопросы о сроках", "предъявила документы, которых раньше не видели",
        "напомнил о похожем деле трёхлетней давности", "ждёт ответа из соседней области",
    ),
    "kk": (
        "сейсенбіде істің кейінге қалдырылғанын хабарлады", "экстрадиция туралы сұрау алғанын растады",
        "түнгі тінту туралы айтып берді", "отырысты екі аптаға шегеруді сұрады", "шешімді асығыс деп атады",
        "қаулыға апелляциялық шағым береді", "мерзім туралы сұрақтарға жауап бермеді", "бұрын көрмеген құжаттарды көрсетті",
        "үш жыл бұрынғы ұқсас істі еске салды", "көрші облыстан жауап күтіп отыр",
    ),
    "en": (
        "said on Tuesday that the case had been put off", "confirmed that a request for extradition had come",
        "described the search that took place at night", "asked for the hearing to be moved by two weeks",
        "called the decision premature", "will appeal against the ruling", "declined to answer questions about dates",
        "showed papers that nobody had seen before", "recalled a similar case three years ago",
        "is waiting for an answer from the neighbouring region",
    ),
    "de": (
        "teilte am Dienstag mit, dass der Fall vertagt wurde", "bestätigte den Eingang eines Antrags auf Auslieferung",
        "berichtete von der nächtlichen Durchsuchung", "bat darum, die Anhörung um zwei Wochen zu verschieben",
        "nannte die Entscheidung voreilig", "wird gegen den Beschluss Berufung einlegen",
        "wollte Fragen nach Fristen nicht beantworten", "legte Papiere vor, die bisher niemand kannte",
        "erinnerte an einen ähnlichen Fall vor drei Jahren", "wartet auf eine Antwort aus der Nachbarregion",
    ),
}  # fmt: skip
_ENDINGS = {
    "ru": (
        "хотя обещал сделать это ещё летом", "после чего зал закрыли для публики", "а родные узнали об этом из газет",
        "и это уже третий такой случай за год", "но подробностей пока не приводит", "пока готовится новая экспертиза",
        "о чём говорится в письме от 12 ноября", "при этом срок ареста истекает в пятницу", "как и ожидали наблюдатели",
        "несмотря на протест защиты", "чтобы успеть до зимних праздников",
    ),
    "kk": (
        "бірақ мұны жазда-ақ істеуге уәде берген", "содан кейін зал жұртшылыққа жабылды", "ал туыстары мұны газеттен білді",
        "бұл бір жылдағы үшінші осындай оқиға", "әзірге толық мәлімет берген жоқ", "жаңа сараптама дайындалып жатыр",
        "бұл туралы 12 қарашадағы хатта айтылған", "қамау мерзімі жұмада аяқталады", "бақылаушылар да осылай күткен еді",
        "қорғаушылардың қарсылығына қарамастан", "қысқы мерекеге дейін үлгеру үшін",
    ),
    "en": (
        "although it had been promised for the summer", "after which the hall was closed to the public",
        "while relatives learned of it from the papers", "and this is the third such case in a year",
        "but has given no details so far", "while a new opinion is being prepared", "according to a letter of 12 November",
        "even though the arrest ends on Friday", "just as observers had expected", "in spite of protests by the defence",
        "so as to finish before the winter holidays",
    ),
    "de": (
        "obwohl es für den Sommer versprochen war", "danach wurde der Saal für das Publikum geschlossen",
        "während die Angehörigen es aus der Zeitung erfuhren", "und das ist der dritte Fall in einem Jahr",
        "nannte aber bisher keine Einzelheiten", "während ein neues Gutachten vorbereitet wird",
        "wie es in einem Brief vom 12. November heißt", "dabei endet die Haft am Freitag",
        "so wie es Beobachter erwartet hatten", "trotz der Proteste der Verteidigung", "um vor den Feiertagen fertig zu sein",
    ),
}  # fmt: skip
_OTHERS = {
    "ru": (
        "Синоптики обещают мокрый снег", "Цены на картофель выросли вдвое", "Сборная проиграла в овертайме",
        "Музей открыл выставку ковров", "На трассе столкнулись три грузовика", "Курс валюты обновил максимум",
        "Верблюд сбежал из зоопарка", "Новый мост откроют к весне", "Певица отменила гастроли", "Школы перейдут на удалёнку",
    ),
    "kk": (
        "Ауа райы күрт өзгереді", "Картоп бағасы екі есе өсті", "Құрама овертаймда жеңілді", "Мұражай кілем көрмесін ашты",
        "Тас жолда үш жүк көлігі соқтығысты", "Валюта бағамы жаңа межеге жетті", "Түйе хайуанаттар бағынан қашты",
        "Жаңа көпір көктемде ашылады", "Әнші гастролін тоқтатты", "Мектептер қашықтан оқуға көшеді",
    ),
    "en": (
        "Forecasters promise sleet and gales", "Potato prices have doubled since May", "The team lost again in overtime",
        "A museum shows woven carpets", "Three lorries collided on the motorway", "The currency reached a new high",
        "A camel ran away from the zoo", "The new bridge opens in spring", "A singer cancelled her tour", "Schools go remote",
    ),
    "de": (
        "Meteorologen kündigen Schneeregen an", "Kartoffeln kosten doppelt so viel", "Die Auswahl verlor in der Verlängerung",
        "Das Museum zeigt gewebte Teppiche", "Drei Lastwagen stießen zusammen", "Der Wechselkurs steigt weiter",
        "Ein Kamel lief aus dem Zoo davon", "Die neue Brücke kommt im Frühjahr", "Die Sängerin sagt ab", "Schulen bleiben zu",
    ),
}  # fmt: skip
_CHATTER = {
    "ru": (
        "Ну наконец-то хоть кто-то об этом написал, спасибо вам", "А мне кажется, всё было совсем не так, как тут описано",
        "Поддерживаю предыдущего оратора, сам там живу", "Когда уже это закончится, сил никаких нет",
    ),
    "kk": (
        "Ақыры біреу жазды ғой, рахмет сіздерге", "Меніңше, бәрі басқаша болған сияқты, осында жазылғандай емес",
        "Алдыңғы пікірді қолдаймын, өзім сонда тұрамын", "Бұл қашан бітеді, шыдам қалмады ғой",
    ),
    "en": (
        "At last somebody wrote about it, thank you so much for that", "I think it was all quite different from what you say",
        "I agree with the one above, I have lived there for years", "When will this be over, honestly, I am fed up with it",
    ),
    "de": (
        "Endlich schreibt mal jemand darüber, vielen Dank dafür", "Ich glaube, das war alles ganz anders als hier steht",
        "Stimme meinem Vorredner zu, ich wohne selbst dort", "Wann hört das endlich auf, ich kann nicht mehr",
    ),
}  # fmt: skip
WORDS = {
    "ru": {"home": "Главная", "more": "Читать далее", "also": "Читайте также", "share": "Поделиться", "tags": "Теги", "comments": "Комментарии",
               "reply": "Ответить", "related": "Похожие новости", "author": "Об авторе", "photo": "Фото", "subscribe": "Подпишитесь на наш Telegram-канал и узнавайте новости первыми",
               "cookie": "Мы используем файлы cookie, чтобы сайт работал лучше. Продолжая пользоваться сайтом, вы соглашаетесь с этим.",
               "legal": "При перепечатке материалов ссылка на сайт обязательна. Все права защищены.", "by": "Автор",
               "bio": "пишет о культуре и путешествиях, любит горы и старые фотоаппараты.", "leave": "Оставить комментарий", "email": "Ваш адрес почты не будет опубликован."},
    "kk": {"home": "Басты бет", "more": "Толығырақ", "also": "Сондай-ақ оқыңыз", "share": "Бөлісу", "tags": "Тегтер", "comments": "Пікірлер",
               "reply": "Жауап беру", "related": "Ұқсас жаңалықтар", "author": "Автор туралы", "photo": "Фото", "subscribe": "Біздің Telegram-арнаға жазылыңыз",
               "cookie": "Сайт жақсы жұмыс істеуі үшін cookie файлдарын қолданамыз. Сайтты пайдалана отырып, келісім бересіз.",
               "legal": "Материалдарды көшіріп басқанда сілтеме міндетті. Барлық құқық қорғалған.", "by": "Автор",
               "bio": "мәдениет пен саяхат туралы жазады, тауды жақсы көреді.", "leave": "Пікір қалдыру", "email": "Поштаңыз жарияланбайды."},
    "en": {"home": "Home", "more": "Read more", "also": "Read also", "share": "Share this", "tags": "Tags", "comments": "Comments",
               "reply": "Reply", "related": "Related posts", "author": "About the author", "photo": "Photo", "subscribe": "Subscribe to our newsletter and never miss a story",
               "cookie": "We use cookies to make this site work better. By using the site you agree to that and to our policy.",
               "legal": "No part of this site may be reproduced without permission. All rights reserved.", "by": "By",
               "bio": "writes about culture and travel, and likes hills and old cameras.", "leave": "Leave a Reply", "email": "Your email address will not be published."},
    "de": {"home": "Startseite", "more": "Weiterlesen", "also": "Lesen Sie auch", "share": "Teilen", "tags": "Schlagwörter", "comments": "Kommentare",
               "reply": "Antworten", "related": "Ähnliche Beiträge", "author": "Über den Autor", "photo": "Foto", "subscribe": "Abonnieren Sie unseren Newsletter und verpassen Sie nichts",
               "cookie": "Wir verwenden Cookies, damit diese Seite besser läuft. Wenn Sie weiterlesen, stimmen Sie dem zu.",
               "legal": "Nachdruck nur mit Genehmigung. Alle Rechte vorbehalten.", "by": "Von",
               "bio": "schreibt über Kultur und Reisen, mag Berge und alte Kameras.", "leave": "Schreibe einen Kommentar", "email": "Deine E-Mail-Adresse wird nicht veröffentlicht."},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One made-up article. Its main text is `lead`, `paragraphs`, and what a template takes of the rest."""

    lang: str
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    subheads: tuple[str, ...]
    quote: str
    items: tuple[str, ...]
    words: dict[str, str] = field(hash=False)

    def texts(self) -> tuple[str, ...]:
        """Lead and paragraphs: the main text of a plain page."""
        return (self.lead, *self.paragraphs)


class Around:
    """Endless supply of what is not the article: headlines, excerpts, comments, in the story's language."""

    def __init__(self, lang: str, seed: int) -> None:
        self.lang, self.words = lang, WORDS[lang]
        self._chance = random.Random(seed * 7 + 1)

    def headline(self) -> str:
        """A headline of another article."""
        return f"{self._chance.choice(_OTHERS[self.lang])}: {self._chance.randint(2, 99)}"

    def excerpt(self) -> str:
        """A long teaser of another article."""
        return ". ".join(self._chance.choice(_OTHERS[self.lang]) for _ in range(3)) + "…"

    def comment(self) -> str:
        """What a reader wrote."""
        return f"{self._chance.choice(_CHATTER[self.lang])}, {self._chance.choice(_CHATTER[self.lang]).lower()}!"

    def many(self, count: int) -> Iterator[str]:
        """So many headlines."""
        return (self.headline() for _ in range(count))


def story(lang: str, seed: int, *, paragraphs: int = 8) -> Story:
    """The story of this seed."""
    chance = random.Random(seed)

    def sentence() -> str:
        subject, deed, ending = (chance.choice(bank[lang]) for bank in (_SUBJECTS, _DEEDS, _ENDINGS))
        return f"{subject} {deed}, {ending}."

    def text(sentences: int) -> str:
        return " ".join(sentence() for _ in range(sentences))

    def short(bank: Mapping[str, Sequence[str]]) -> str:
        return f"{chance.choice(_SUBJECTS[lang])} {chance.choice(bank[lang])}"

    title = short(_DEEDS)
    return Story(
        lang=lang,
        title=title,
        lead=f"{title}, {chance.choice(_ENDINGS[lang])}. {text(1)}",
        paragraphs=tuple(text(chance.randint(1, 4)) for _ in range(paragraphs)),
        subheads=tuple(short(_DEEDS) for _ in range(3)),
        quote=sentence(),
        items=tuple(short(_DEEDS) + ";" for _ in range(5)),
        words=WORDS[lang],
    )
