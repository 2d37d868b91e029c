"""Long prose that pages carry and that is no article: consent, imprint, pitch, with the words of the lists' rules in it."""

CONSENT = {
    "ru": (
        "Мы и наши партнёры храним сведения на вашем устройстве, такие как файлы cookie, и обрабатываем личные данные, чтобы показывать подходящую рекламу.",
        "Нажимая кнопку, вы соглашаетесь с обработкой персональных данных; отозвать согласие можно в любое время в настройках браузера.",
        "Обязательные файлы cookie нужны для работы сайта, без них нельзя войти и сохранить настройки, отключить их в нашей системе нельзя.",
    ),
    "kk": (
        "Біз және серіктестеріміз құрылғыңызда cookie файлдарын сақтаймыз және жарнама көрсету үшін дербес деректерді өңдейміз, бұл туралы ережеде айтылған.",
        "Түймені басу арқылы сіз дербес деректерді өңдеуге келісім бересіз; келісімді кез келген уақытта браузер баптауынан қайтарып алуға болады.",
        "Міндетті cookie файлдары сайт жұмысы үшін қажет, оларсыз кіру және баптауларды сақтау мүмкін емес.",
    ),
    "en": (
        "We and our partners store information on your device, such as cookies, and process personal data to show you advertising that fits you.",
        "By clicking the button you agree to the processing of personal data; you can withdraw your consent at any time in the settings of your browser.",
        "Necessary cookies are needed for the site to work, without them you cannot sign in and keep your settings, and they cannot be switched off.",
    ),
    "de": (
        "Wir und unsere Partner speichern Informationen auf Ihrem Gerät, zum Beispiel Cookies, und verarbeiten personenbezogene Daten für passende Werbung.",
        "Mit einem Klick auf die Schaltfläche stimmen Sie der Verarbeitung personenbezogener Daten zu; die Einwilligung können Sie jederzeit widerrufen.",
        "Notwendige Cookies werden gebraucht, damit die Seite läuft, ohne sie können Sie sich nicht anmelden, und abschalten lassen sie sich nicht.",
    ),
}
IMPRINT = {
    "ru": (
        "Сетевое издание зарегистрировано Федеральной службой по надзору в сфере связи, информационных технологий и массовых коммуникаций, свидетельство ЭЛ 77.",
        "Все права на материалы, опубликованные на сайте, принадлежат редакции и охраняются законом; использование допускается только с письменного разрешения.",
        "Для читателей: в России признаны экстремистскими и запрещены организации «Такая-то партия», «Такой-то союз», «Такое-то движение».",
    ),
    "kk": (
        "Желілік басылым Ақпарат және қоғамдық даму министрлігінде тіркелген, куәлік нөмірі 17, редакцияның мекенжайы Алматы қаласы, Абай даңғылы.",
        "Сайтта жарияланған материалдарға барлық құқық редакцияға тиесілі және заңмен қорғалады; пайдалануға тек жазбаша рұқсатпен жол беріледі.",
        "Редакцияның пікірі авторлардың пікірімен сәйкес келмеуі мүмкін, жарнама мазмұнына жарнама беруші жауап береді.",
    ),
    "en": (
        "This publication is registered with the press council, and its editors answer for what it prints; letters may be shortened without notice.",
        "All rights to the material on this site belong to the publisher and are protected by law; nothing may be reproduced without written permission.",
        "Opinions expressed by contributors are their own and need not be those of the publisher, who is not liable for the content of other sites.",
    ),
    "de": (
        "Verantwortlich für den Inhalt nach dem Pressegesetz ist die Redaktion in der Hauptstraße, Leserbriefe können ohne Hinweis gekürzt werden.",
        "Alle Rechte an den Inhalten dieser Seite liegen beim Verlag und sind gesetzlich geschützt; jede Nutzung bedarf der schriftlichen Zustimmung.",
        "Für Inhalte anderer Seiten, auf die wir verweisen, sind allein deren Betreiber verantwortlich, wir machen sie uns nicht zu eigen.",
    ),
}
PITCH = {
    "ru": "Наша редакция живёт на деньги читателей, и если вам важно, что мы делаем, оформите ежемесячное пожертвование: даже сто рублей помогут нам работать дальше.",
    "kk": "Біздің редакция оқырмандардың қаражатына өмір сүреді, егер біздің жұмысымыз сізге маңызды болса, ай сайынғы қолдауды рәсімдеңіз, жүз теңге де көмек.",
    "en": "Our newsroom lives on the money of its readers, and if what we do matters to you, please set up a monthly donation: even a small one helps us to go on.",
    "de": "Unsere Redaktion lebt vom Geld ihrer Leser, und wenn Ihnen unsere Arbeit wichtig ist, richten Sie eine monatliche Spende ein: auch kleine Beträge helfen.",
}
