import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.http.response_head import HeadRepair, repair

BODY = b"<rss>\r\n\r\nHTTP/1.1 : not a head\r\n</rss>"
LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [b"ETag: 1", b"Transfer-Encoding: chunked", b"Content-Length: 5", b"Content-Length: x", b"a :b", b" c"]
        ),
        st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"") or b"x"),
    ),
    max_size=8,
)


def read(head: bytes) -> h11.Response:
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("host", "a.kz")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(head)
    event = connection.next_event()
    assert isinstance(event, h11.Response)
    return event


def headers(*lines: bytes) -> list[tuple[bytes, bytes]]:
    return list(read(repair(b"\r\n".join([b"HTTP/1.1 200 OK", *lines, b"", b""]))).headers)


@pytest.mark.parametrize(
    ("lines", "understood"),
    [
        ([b"X-Powered-By : PHP", b"A\t: 1"], [(b"x-powered-by", b"PHP"), (b"a", b"1")]),
        ([b"no colon here", b"A: 1"], [(b"a", b"1")]),
        ([b": no name", b"A: 1"], [(b"a", b"1")]),
        (["Имя: 1".encode(), b"two words: 1", b"A(b): 1", b"A: 1"], [(b"a", b"1")]),
        (["A: значение".encode()], [(b"a", "значение".encode())]),
        ([b" folded to nothing", b"A: 1"], [(b"a", b"1")]),
        ([b"\tX: 1", b"A: 1"], [(b"a", b"1")]),
        ([b"A: 1", b"  2", b"\t3", b"B: 4"], [(b"a", b"1 2 3"), (b"b", b"4")]),
        ([b"A:", b" 1"], [(b"a", b"1")]),
        ([b"no colon here", b" nor here: 2", b"A: 1"], [(b"a", b"1")]),
        ([b"A: 1\x00\x00", b"B: 2\x0b3", b"\x00C\x00: \x0c4"], [(b"a", b"1"), (b"b", b"2 3"), (b"c", b"4")]),
        ([b"A: 1\r", b"B: 2\rC: 3"], [(b"a", b"1"), (b"b", b"2"), (b"c", b"3")]),
        ([b"A:"], [(b"a", b"")]),
    ],
)
def test_lines_are_read_as_browsers_read_them(lines: list[bytes], understood: list[tuple[bytes, bytes]]) -> None:
    assert headers(*lines) == understood


@pytest.mark.parametrize(
    ("lines", "framing"),
    [
        ([b"Content-Length: 5"], [(b"content-length", b"5")]),
        ([b"Content-Length : 5"], [(b"content-length", b"5")]),
        ([b"Content-Length: 5, 5", b"Content-Length: 5"], [(b"content-length", b"5")]),
        ([b"Content-Length:"], []),
        ([b"Content-Length: unknown"], []),
        ([b"Content-Length: -1"], []),
        ([b"Content-Length: 5 bytes", b"Content-Length: 5"], [(b"content-length", b"5")]),
        ([b"Transfer-Encoding: Chunked", b"Transfer-Encoding: chunked"], [(b"transfer-encoding", b"chunked")]),
        ([b"Transfer-Encoding: gzip, chunked"], [(b"transfer-encoding", b"chunked")]),
        ([b"Transfer-Encoding: identity", b"Content-Length: 5"], [(b"content-length", b"5")]),
        ([b"Transfer-Encoding:"], []),
        ([b"Transfer-Encoding: chunked", b"Content-Length: 5"], [(b"transfer-encoding", b"chunked")]),
        (
            [b"Content-Length: 5", b"Transfer-Encoding: chunked", b"Content-Length: 6"],
            [(b"transfer-encoding", b"chunked")],
        ),
    ],
)
def test_one_line_says_how_the_body_ends(lines: list[bytes], framing: list[tuple[bytes, bytes]]) -> None:
    assert headers(*lines) == framing


def test_two_lengths_stay_two() -> None:
    with pytest.raises(h11.RemoteProtocolError, match="conflicting"):
        headers(b"Content-Length: 5", b"Content-Length: 6")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"HTTP/1.1 304", 304),
        (b"HTTP/1.1 304 ", 304),
        (b"HTTP/1.1  404  Not  Found", 404),
        (b"HTTP/1.1\t404\tNot Found", 404),
        (b"HTTP/1.1 200OK", 200),
        (b"HTTP/1.0 301 Moved", 301),
        (b"HTTP/2 301", 301),
        (b"HTTP/2.0 301 ", 301),
        (b"HTTP/1.12 301", 301),
        (b"HTTP 301", 301),
        (b"http/1.1 301 moved", 301),
        (b"HTTP/1.1 OK", 200),
        (b"HTTP/1.1", 200),
        ("HTTP/1.1 404 Не найдено".encode("cp1251"), 404),
        (b"HTTP/1.1 404 Not\x00Found\x0b", 404),
        (b"\r\nHTTP/1.1 404 Not Found", 404),
        (b"\xef\xbb\xbf \nHTTP/1.1 404 Not Found", 404),
    ],
)
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_status_lines_are_read_as_browsers_read_them(line: bytes, status: int, end: bytes) -> None:
    response = read(HeadRepair().feed(line + end + b"A: 1" + end + end))
    assert response.status_code == status
    assert list(response.headers) == [(b"a", b"1")]


@pytest.mark.parametrize("line", [b"ICY 200 OK", b"HTTP/1.1 20 OK", b"HTTP/1.1 2000 OK", b"<html>"])
def test_what_is_no_status_line_stays_as_it_is(line: bytes) -> None:
    head = line + b"\r\nA : 1\r\n\r\n"
    assert HeadRepair().feed(head) == head


def test_interim_heads_are_repaired_and_bodies_are_not() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink : </a.css>\r\n\r\n" * 2
    repaired = HeadRepair().feed(interim + b"HTTP/1.1 200\r\nA : 1\r\n\r\n" + BODY)
    assert repaired == interim.replace(b" :", b":") + b"HTTP/1.1 200 \r\nA: 1\r\n\r\n" + BODY


@given(LINES, st.lists(st.integers(1, 20), max_size=20))
def test_pieces_make_no_difference(lines: list[bytes], sizes: list[int]) -> None:
    answer = b"\r\n".join([b"HTTP/1.1 100", b"a :b", b"", b"HTTP/1.1 200 OK", *lines, b"", BODY])
    whole, in_pieces = HeadRepair(), HeadRepair()
    expected = whole.feed(answer) + whole.rest()
    passed = b""
    for size in sizes:
        passed += in_pieces.feed(answer[:size])
        answer = answer[size:]
    assert passed + in_pieces.feed(answer) + in_pieces.rest() == expected


@given(LINES)
def test_whatever_is_repaired_can_be_read(lines: list[bytes]) -> None:
    head = repair(b"\n".join([b"HTTP/1.1 200 OK", *lines, b"", b""]))
    assert read(head).status_code == 200
    assert repair(head) == head


@pytest.mark.parametrize("answer", [b"\x05\x00", b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00", b"\x01\x00", b"SSH-2.0"])
def test_what_is_no_http_passes_at_once(answer: bytes) -> None:
    assert HeadRepair().feed(answer) == answer


def test_a_head_without_end_is_not_held_for_ever() -> None:
    repair = HeadRepair()
    line = b"HTTP/1.1 200 OK\r\n"
    assert repair.feed(line) == b""
    passed = b"".join(repair.feed(b"x" * 1_000) for _ in range(200))
    assert passed == line + b"x" * 200_000


def test_what_is_held_at_the_end_comes_out_as_it_is() -> None:
    repair = HeadRepair()
    assert repair.feed(b"HTTP/1.1 200 OK\r\nA : 1\r\n") == b""
    assert repair.rest() == b"HTTP/1.1 200 OK\r\nA : 1\r\n"
