"""The README of a bundle in Russian and English: what it contains, what it proves, how to check it by hand.

The shell lines are the same in both; a test runs them as printed.
"""

from collections.abc import Sequence
from string import Template

from monitor.evidence.bundle.verdict import missing_message

_SHELL = Template(r"""ok=1; name=; roots=$$(mktemp); bad() { echo "$broken: $$1"; ok=0; }
find . ! -type f ! -type d | grep -q . && bad "$odd"
find . -type f ! -path ./SHA256SUMS ! -name .DS_Store ! -name Thumbs.db -print0 | LC_ALL=C sort -z |
  xargs -0 sha256sum | sed 's|  \./|  |' | cmp -s - SHA256SUMS || bad "SHA256SUMS"
{ read -r heads; while IFS=$$'\t' read -r chain number time digest previous hash; do
  if [ "$$chain" != "$$name" ]; then name=$$chain; last=$$(printf '%064d' 0); count=0; fi
  count=$$((count + 1))
  tied=$$(printf '%s\n%s\n%s\n' "$$last" "$$digest" "$$time" | sha256sum | cut -c 1-64)
  [ "$$number $$previous $$hash" = "$$count $$last $$tied" ] || bad "chain.tsv, $$chain $$number"
  last=$$hash
done; } < chain.tsv
for file in records/*.warc.gz; do
  cut -f 4 chain.tsv | grep -qx "$$(sha256sum "$$file" | cut -c 1-64)" || bad "$$file"
done
[ -n "$$(ls stamps 2> /dev/null)" ] || echo "$stampless"
cat certificates/*.pem > "$$roots" 2> /dev/null || [ ! -d stamps ] || echo "$rootless"
for stamp in stamps/*.tsr; do
  [ -e "$$stamp" ] || continue
  cut -f 6 chain.tsv | grep -qx "$$(cat "$${stamp%.tsr}.txt")" || bad "$$stamp"
  [ -s "$$roots" ] || continue
  openssl ts -verify -data "$${stamp%.tsr}.txt" -in "$$stamp" -CAfile "$$roots" > /dev/null 2>&1 || bad "$$stamp"
done
rm -f "$$roots"; [ $$ok = 1 ] && echo "$holds"
""")

_ENGLISH = """# What this is

Copies of web pages as they were sent to our monitor, with what is needed to check that nobody has altered them since.

| file | what it is |
|---|---|
| `records/*.warc.gz` | request and answer of one look at a page (WARC 1.1): for replayweb.page, or `gzip -dc` |
| `text/*.txt` | the headline and text that we read out of that page: a help for the reader, no proof |
| `chain.tsv` | the chain of hashes: each link ties a record to all that were kept before it |
| `looks.tsv` | every look, also those without a copy: what we saw, in our words; the last column names the copy |
| `stamps/*.tsr` | time stamps (RFC 3161): an outside authority signed the hash in the `.txt` beside, and the time |
| `certificates/*.pem` | the authorities' root certificates |
| `manifest.json` | whose copy each is, and the SHA-256 of every file; headline and date are our words |
| `SHA256SUMS` | the SHA-256 of every file but itself |

# What it proves

- A record whose hash stands in the chain is, byte for byte, what our monitor kept; its bodies are without compression
  (see the headers `X-Archive-Orig-*`).
- A stamp proves that its link, and with it every link before in the same chain, existed at the time that is signed.
  Without a stamp the time is only our word.
- The time in `chain.tsv` is when the copy was written; when the page was asked for stands in the record (`WARC-Date`).
  A record `urn:x-feed-entry:` is the article as we had read it when it was posted, `urn:x-feed-source:` the piece of
  the feed's document that it was read from, byte for byte.
- It proves what *our* monitor was sent, not what others saw. Sums and chain alone can be made anew by anyone who has
  the bundle: an alteration is excluded by a stamp, or by a second copy of the bundle from another hand.
- The root certificates came with the bundle. Compare them with those that the authority itself publishes:
  `openssl x509 -in certificates/NAME.pem -noout -fingerprint -sha256`

# How to check it by hand

In this folder, with bash, sha256sum and openssl; `%(holds)s` at the end means that everything fits. (With our program:
`monitor evidence verify FOLDER`.)

```bash
%(shell)s```
"""

_RUSSIAN = """# Что это

Копии веб-страниц, как их получил наш монитор, и всё, чтобы проверить, что с тех пор их никто не изменил.

| файл | что это |
|---|---|
| `records/*.warc.gz` | запрос и ответ одного взгляда на страницу (WARC 1.1): для replayweb.page или `gzip -dc` |
| `text/*.txt` | заголовок и текст, прочитанные с этой страницы: в помощь читателю, не доказательство |
| `chain.tsv` | цепь хешей: каждое звено привязывает запись ко всему, что сохранено до неё |
| `looks.tsv` | каждый взгляд, и без копии: что мы увидели, нашими словами; в последнем столбце номер копии |
| `stamps/*.tsr` | метки времени (RFC 3161): сторонняя служба подписала хеш из `.txt` рядом и время |
| `certificates/*.pem` | корневые сертификаты служб |
| `manifest.json` | чья это копия, и SHA-256 каждого файла; заголовок и дата — наши слова |
| `SHA256SUMS` | SHA-256 каждого файла, кроме него самого |

# Что это доказывает

- Запись, хеш которой стоит в цепи, байт в байт та, что сохранил наш монитор; тела ответов хранятся без сжатия
  (см. заголовки `X-Archive-Orig-*`).
- Метка времени доказывает, что её звено, а с ним и все предыдущие звенья той же цепи, существовали в подписанный
  момент. Без метки время известно только с наших слов.
- Время в `chain.tsv` — когда копия записана; когда страницу запросили, сказано в самой записи (`WARC-Date`). Запись
  `urn:x-feed-entry:` — статья, какой мы её прочли, когда она уходила в канал, `urn:x-feed-source:` — кусок
  документа ленты, из которого она прочитана, байт в байт.
- Доказано, что было прислано *нашему* монитору, а не что видели другие. Суммы и цепь сами по себе может составить
  заново любой, у кого есть выгрузка: подмену исключает метка времени или второй экземпляр выгрузки из других рук.
- Корневые сертификаты лежат в самой выгрузке. Сравните их с теми, что публикует сама служба:
  `openssl x509 -in certificates/ИМЯ.pem -noout -fingerprint -sha256`

# Как проверить вручную

В этой папке, нужны bash, sha256sum и openssl; `%(holds)s` в конце значит, что всё сходится. (Нашей программой:
`monitor evidence verify ПАПКА`.)

```bash
%(shell)s```
"""


def english(missing: Sequence[int] = ()) -> str:
    """Return README.md of a bundle in which these copies are missing."""
    numbers = ", ".join(map(str, missing))
    lacking = f"\n# What is not in it\n\nCopies {numbers} were kept, but their files are gone or spoilt.\n"
    return _page(
        _ENGLISH,
        holds="HOLDS",
        broken="BROKEN",
        odd="a link, or another thing that is no file",
        rootless="no root certificates: who signed the stamps is not checked",
        stampless="no time stamps: the time is only our word",
    ) + (lacking if missing else "")


def russian(missing: Sequence[int] = ()) -> str:
    """Return README.ru.md of a bundle in which these copies are missing."""
    lacking = f"\n# Чего здесь нет\n\n{missing_message(missing).capitalize()}.\n"
    return _page(
        _RUSSIAN,
        holds="ДЕРЖИТСЯ",
        broken="НАРУШЕНО",
        odd="ссылка или иное, что не файл",
        rootless="нет корневых сертификатов: кто подписал метки, не проверено",
        stampless="меток времени нет: время известно только с наших слов",
    ) + (lacking if missing else "")


def _page(text: str, **words: str) -> str:
    return text % {"holds": words["holds"], "shell": _SHELL.substitute(words)}
