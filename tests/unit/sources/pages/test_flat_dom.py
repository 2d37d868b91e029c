from monitor.sources.pages.flat_dom import Outline, lay_out, measure
from monitor.text import markup


def outline(html: str) -> Outline:
    body = markup.document(html).body
    assert body is not None
    return lay_out(body)


def texts(laid: Outline, tag: str) -> list[list[str]]:
    return [
        [laid.lines[number].text for number in laid.span(element)]
        for element, name in enumerate(laid.tags)
        if name == tag
    ]


def test_an_element_holds_the_lines_inside_it() -> None:
    laid = outline("<div>a<section><p>b</p><p>c<br>d</p></section></div><p>e</p>")

    assert [line.text for line in laid.lines] == ["a", "b", "c", "d", "e"]
    assert texts(laid, "section") == [["b", "c", "d"]]
    assert texts(laid, "div") == [["a", "b", "c", "d"]]
    assert texts(laid, "p") == [["b"], ["c", "d"], ["e"]]
    assert [line.gap > 1 for line in laid.lines[1:]] == [True, True, False, True]


def test_formatting_does_not_break_a_line_and_links_and_times_are_counted() -> None:
    [line] = outline('<p>экс<b>тради</b>ция <a href="/x">россиянина</a>, <time>вчера</time></p>').lines

    assert line.text == "экстрадиция россиянина, вчера"
    assert (line.linked, line.dated) == (10, 5)


def test_a_headings_link_to_itself_is_no_link() -> None:
    lines = outline('<h2><a href="#a">Глава</a></h2><h2><a href="/n">Новость</a></h2>').lines

    assert [line.linked for line in lines] == [0, 7]


def test_cells_are_known_and_what_nobody_reads_is_left_out() -> None:
    laid = outline("<table><tr><td>a<td>b</table><nav>c</nav><button>d</button><script>e</script><label>f</label>g")

    assert [line.text for line in laid.lines] == ["a", "b", "g"]
    assert laid.tags.count("td") == 2


def test_names_are_classes_ids_roles_and_hiding() -> None:
    laid = outline(
        '<div class="a b" id="c" itemprop="articleBody"><p style="DISPLAY:\tnone">x</p><p hidden>y</p></div>'
    )

    assert laid.names == ["", "a b c articleBody", "is-hidden", "is-hidden"]


def test_upwards_leads_to_the_root() -> None:
    laid = outline("<div><section><p>x</p></section></div>")

    assert [laid.tags[n] for n in laid.upwards(3)] == ["p", "section", "div", ""]


def test_prose_is_a_sentence_and_not_a_row_of_links() -> None:
    sentence = "Суд в Шымкенте продлил арест художника на месяц."
    lines = outline(f"<p>{sentence}</p><p><a href='/'>{sentence}</a></p><p>Суд</p>").lines

    assert [line.prose for line in lines] == [len(sentence), 0, 0]


def test_measure_sums_any_range() -> None:
    sums = measure([3, 0, 4])

    assert sums == [0, 3, 3, 7]
