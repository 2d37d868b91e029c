"""Sample feeds: one news item in every shape that was ever called a feed, and in the broken ways of this press."""

import json

TITLE = "Казахстан выслал активиста на родину"
LINK = "https://vesti.example/a/1"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
ITEM = f"<item><title>{TITLE}</title><link>{LINK}</link></item>"
ENTRY = f'<entry><title>{TITLE}</title><link href="{LINK}"/></entry>'


def of_rss(item: str, attributes: str = "") -> str:
    return f'<rss version="2.0" {attributes}><channel><title>В</title>{item}</channel></rss>'


def of_rdf(items: str, namespace: str = "http://purl.org/rss/1.0/") -> str:
    return f'<rdf:RDF {RDF} xmlns="{namespace}"><channel rdf:about="x"/>{items}</rdf:RDF>'


def of_atom(entry: str, attributes: str = ATOM) -> str:
    return f"<feed {attributes}><title>В</title><entry><title>{TITLE}</title>{entry}</entry></feed>"


def prefixed(document: str, prefix: str) -> str:
    return document.replace("<", f"<{prefix}:").replace(f"<{prefix}:/", f"</{prefix}:")


TITLED = f"<title>{TITLE}</title>"
SHAPES = [
    of_rdf(ITEM, "http://my.netscape.com/rdf/simple/0.9/"),
    '<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "rss-0.91.dtd">' + of_rss(ITEM),
    f'<rss version="0.91"><channel><title>В</title></channel>{ITEM}</rss>',
    of_rss(ITEM, 'xmlns="http://backend.userland.com/rss094"'),
    f"<RSS><CHANNEL><ITEM><TITLE>{TITLE}</TITLE><LINK>{LINK}</LINK></ITEM></CHANNEL></RSS>",
    of_rdf(ITEM),
    of_rdf(f'<item rdf:about="{LINK}">{TITLED}</item>'),
    f'<Channel xmlns="http://purl.net/rss1.1#" {RDF}><title>В</title><items>{ITEM}</items></Channel>',
    f'<r:rss xmlns:r="http://backend.userland.com/rss2"><r:channel>{prefixed(ITEM, "r")}</r:channel></r:rss>',
    f'<channel href="https://vesti.example/"><title>В</title><item href="{LINK}">{TITLED}</item></channel>',
    of_atom(
        f'<link rel="alternate" type="text/html" href="{LINK}"/>', 'version="0.3" xmlns="http://purl.org/atom/ns#"'
    ),
    of_atom(f'<link href="{LINK}"/>'),
    of_atom(f'<link href="{LINK}"/>', ""),
    ENTRY.replace("<entry", f"<entry {ATOM}"),
    f'<a:feed xmlns:a="http://www.w3.org/2005/Atom">{prefixed(ENTRY, "a")}</a:feed>',
    of_atom('<link href="1"/>', ATOM + ' xml:base="https://vesti.example/a/"'),
    of_atom('<link href="1"/>').replace("<entry>", '<entry xml:base="/a/">'),
    of_atom('<link rel="self" href="/s"/><link rel="alternate" href="../a/1"/>'),
    of_atom(f'<link type="text/html" href="{LINK}"/><link type="application/pdf" href="/x.pdf"/>'),
    of_atom(f'<source><title>Другое</title><link href="/other"/></source><link href="{LINK}"/>'),
    of_atom(f"<id>{LINK}</id>"),
    of_rss(f'<item>{TITLED}<a:link href="{LINK}"/></item>', 'xmlns:a="http://www.w3.org/2005/Atom"'),
    of_rss(f"<item>{TITLED}<guid>{LINK}</guid></item>"),
    of_rss(
        f"<item><m:content><m:title>Фото</m:title></m:content>{TITLED}<link>/a/1</link></item>",
        'xmlns:m="http://search.yahoo.com/mrss/"',
    ),
    of_rss(
        f"<item>{TITLED}<i:title>И</i:title><link>{LINK}</link></item>",
        'xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd"',
    ),
    of_rss(
        f"<item>{TITLED}<link>{LINK}</link><f:origLink>{LINK}</f:origLink></item>",
        'xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"',
    ),
    '<?xml-stylesheet href="x.xsl"?>' + of_rss(f"<image><title>Знак</title><link>/</link></image>{ITEM}"),
    of_rss(ITEM.replace("</item>", "")),
    json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 1, "title": TITLE, "url": LINK}]}),
    json.dumps({"items": [{"title": TITLE, "external_url": LINK}]}, ensure_ascii=False),
]

# ── as the press breaks them ───────────────────────────────────────────────────────────────────


def rss(*items: str, declaration: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'{declaration}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:yandex="http://news.yandex.ru"><channel>'
        f"<title>Вести</title><link>https://vesti.example/</link>{inner}</channel></rss>"
    )


FIELDS = f"<title>{TITLE}</title><link>{LINK}</link>"
BROKEN = [
    rss(FIELDS).encode("cp1251"),
    rss(FIELDS, declaration="").encode("cp1251"),
    rss(FIELDS, declaration='<?xml version="1.0" encoding="windows-1251"?>').encode("cp1251"),
    rss(FIELDS, declaration='<?xml version="1.0" encoding="windows-1251"?>').encode(),
    rss(FIELDS, declaration='<?xml version="1.0" encoding="koi8-r"?>').encode("koi8-r"),
    rss(FIELDS).encode().replace("выслал".encode(), b"\xd0" + "выслал".encode()),
    rss(FIELDS).encode("utf-8-sig"),
    rss(FIELDS).encode("utf-16"),
    b"\n\n  " + rss(FIELDS).encode(),
    b"<br />\n<b>Warning</b>: Undefined index in /www/rss.php<br />\n" + rss(FIELDS).encode(),
    rss(FIELDS.replace("выслал", "вы\x0bслал\x00")).encode(),
    rss(FIELDS.replace("выслал", "вы&#11;слал&#xD800;&#99999999999;")).encode(),
    rss(FIELDS + "<description>Том & Джерри &nbsp; &laquo; &unknown; ?a=1&b=2</description>").encode(),
    rss(FIELDS).encode()[: -len("</channel></rss>")],
    rss(FIELDS, declaration='<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>').encode(),
    rss(f"<description {'a=&quot;1&quot; ' * 3}>x</description>" + FIELDS).encode(),
    rss(FIELDS.replace(TITLE, f"<![CDATA[<b>{TITLE}</b>]]>")).encode(),
    rss(FIELDS.replace(TITLE, f"&lt;b&gt;{TITLE}&amp;nbsp;&lt;/b&gt;")).encode(),
    rss(FIELDS.replace(TITLE, f"&amp;lt;b&amp;gt;{TITLE}&amp;lt;/b&amp;gt;")).encode(),
    rss(FIELDS.replace(TITLE, TITLE.encode().decode("latin-1"))).encode(),
    rss(FIELDS.replace("активиста", "<!-- кого -->активиста")).encode(),
    rss(FIELDS.replace("выслал", "вы&#173;слал")).encode("utf-32"),
    rss(FIELDS).encode("utf-32-be"),
    rss(FIELDS).encode("utf-16-be"),
    rss(FIELDS)
    .upper()
    .encode()
    .replace(TITLE.upper().encode(), TITLE.encode())
    .replace(b"HTTPS://VESTI.EXAMPLE", b"https://vesti.example")
    .replace(b"/A/1", b"/a/1"),
    rss(FIELDS.replace("выслал", "&act;"), declaration='<!DOCTYPE rss [<!ENTITY act "выслал">]>').encode(),
    b"<!-- <html> <feed> -->" + rss(FIELDS, declaration="").encode(),
    rss(f"<dc:title>{TITLE}</dc:title><link>{LINK}</link>").replace("xmlns:dc=", "xmlns:x=").encode(),
]
