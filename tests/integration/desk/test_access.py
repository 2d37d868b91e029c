"""Who gets in: by a link, once, for a while; and what those see who are not."""

import socket
from collections.abc import Iterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.pages import back, form_of, initial_of, page
from monitor.errors import DatabaseError
from monitor.storage.store import Store
from tests.harness.clock import Clock
from tests.harness.desk import Desk, open_desk


class Note:
    """A part of one page, that shows what was written last."""

    def __init__(self) -> None:
        self.written = ""
        self.routes = [Route("/note", self._show), Route("/note", self._write, methods=["POST"])]

    async def _show(self, request: Request) -> Response:
        return page(request, "trouble.html", trouble=f"{initial_of(request)}: {self.written}")

    async def _write(self, request: Request) -> Response:
        self.written = (await form_of(request))["text"]
        return back(request, "/note", said="Записано: «ҚАЗ».")


@pytest.fixture
def note() -> Note:
    return Note()


@pytest.fixture
def desk(store: Store, note: Note) -> Iterator[Desk]:
    with open_desk(store.desk_keys, [note], Clock(), is_in=False) as opened:
        yield opened


def test_a_link_lets_in_once_and_not_by_a_visit(desk: Desk) -> None:
    link = desk.link("Б")
    assert "Войти" in desk.client.get(link).text
    assert "Войти" in desk.client.get(link).text, "a messenger's preview has not spent it"
    assert desk.client.post(link).status_code < 500
    assert "Б: " in desk.get("/note").text
    with httpx.Client(trust_env=False) as another:
        assert another.post(link).status_code == 410
        assert another.get(link).status_code == 410
        assert another.get(f"{desk.address}/note").status_code == 401


def test_links_and_sessions_end(desk: Desk) -> None:
    late = desk.link()
    desk.clock.forward(minutes=10)
    assert desk.client.post(late).status_code == 410
    desk.enter()
    desk.clock.forward(hours=11, minutes=59)
    assert desk.get("/note").status_code == 200
    desk.clock.forward(minutes=1)
    assert desk.get("/note").status_code == 401
    assert "Ничего не сохранено" not in desk.get("/note").text
    assert "Ничего не сохранено" in desk.client.post("/note", data={"text": "долго писали"}).text


def test_whoever_leaves_is_out_and_closing_puts_out_all(desk: Desk) -> None:
    desk.enter()
    desk.post("/out", form_on="/note")
    assert desk.get("/note").status_code == 401
    desk.enter()
    unused = desk.link()
    assert desk.keys.close(desk.clock()) == 1
    assert desk.get("/note").status_code == 401
    assert desk.client.post(unused).status_code == 410


def test_the_outside_sees_neither_pages_nor_which_there_are(desk: Desk, note: Note) -> None:
    note.written = "secret"
    for path in ("/", "/note", "/absent", "/../note", "//note", "/static/../note", "/in"):
        answer = desk.get(path)
        assert answer.status_code in (401, 404), path
        assert "secret" not in answer.text
    assert desk.get("/static/..%2Fpages.py").status_code == 404


@pytest.mark.parametrize("cookie", ["", "x", "0" * 43, "Ж" * 5, "../" * 300])
def test_a_forged_cookie_opens_nothing(desk: Desk, cookie: str) -> None:
    headers = [(b"cookie", f"desk={cookie}".encode())]
    assert httpx.get(f"{desk.address}/note", headers=headers, trust_env=False).status_code == 401


def test_a_form_of_ours_is_taken_and_its_message_shown_once(desk: Desk, note: Note) -> None:
    desk.enter()
    assert "Записано: «ҚАЗ»." in desk.post("/note", {"text": "<b>да</b>"}, form_on="/note").text
    shown = desk.get("/note").text
    assert "Записано" not in shown
    assert "&lt;b&gt;да&lt;/b&gt;" in shown
    assert note.written == "<b>да</b>"


def test_a_form_of_another_site_or_session_is_refused(desk: Desk, note: Note) -> None:
    desk.enter()
    forms = ({"text": "a"}, {"text": "a", "token": "0" * 64}, {"text": "a", "token": "Ж"})
    answers = [desk.client.post("/note", data=fields) for fields in forms]
    foreign = ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"})
    answers += [desk.client.post("/note", data={"text": "a"}, headers=headers) for headers in foreign]
    assert [answer.status_code for answer in answers] == [403] * 6
    assert note.written == ""


def test_another_host_is_not_answered(desk: Desk) -> None:
    desk.enter()
    for host in ("evil.example", "", "127.0.0.1", "127.0.0.1:1"):
        assert desk.client.get("/note", headers={"Host": host}).status_code in (400, 421), host


def test_no_form_is_too_large_to_be_refused(desk: Desk, note: Note) -> None:
    desk.enter()
    assert desk.client.post("/note", content=b"text=" + b"a" * 10_000_000).status_code == 413
    bits = (b"a" * 100_000 for _ in range(100))
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    assert desk.client.post("/note", content=bits, headers=head).status_code in (400, 413), "whatever its head said"
    assert desk.post("/note", {str(number): "" for number in range(500)}).status_code == 400
    assert note.written == ""


def test_too_many_requests_are_refused_and_then_forgiven(desk: Desk) -> None:
    desk.enter()
    statuses = [desk.get("/note").status_code for _ in range(130)]
    assert statuses[100] == 200
    assert statuses[-1] == 429
    desk.clock.forward(seconds=1)
    assert desk.get("/note").status_code == 200


def test_every_answer_carries_the_headers(desk: Desk) -> None:
    for path in ("/note", "/absent", "/static/style.css"):
        headers = desk.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
    assert desk.get("/note").headers["cache-control"] == "no-store"
    cookie = desk.client.post(desk.link(), follow_redirects=False).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_a_silent_visitor_is_hung_up_on(desk: Desk) -> None:
    host, _, port = desk.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\nHo")
        assert visitor.recv(1_000) == b""


def test_what_is_kept_lets_nobody_in(desk: Desk, store: Store) -> None:
    """A database that leaks holds no secret."""
    link = desk.link()
    desk.enter()
    with store.desk_keys._engine.connect() as db:
        kept = repr(db.exec_driver_sql("SELECT * FROM desk_keys").all())
    assert link.rpartition("/")[2] not in kept
    assert desk.client.cookies["desk"] not in kept


def test_the_door_leads_nowhere_else(desk: Desk) -> None:
    for path in ("//evil.example/x", "/%5cevil.example", "/\\evil.example"):
        page = desk.client.get(httpx.URL(desk.address).copy_with(raw_path=path.encode())).text
        assert 'href="/' in page
        assert 'href="//' not in page
        assert 'href="/\\' not in page


def test_behind_a_proxy_each_address_is_a_visitor(store: Store, note: Note) -> None:
    clock = Clock()
    with open_desk(store.desk_keys, [note], clock, is_in=False, public="https://desk.example") as desk:
        loud, quiet = {"X-Forwarded-For": "spoofed, 198.51.100.7"}, {"X-Forwarded-For": "198.51.100.8"}
        statuses = [desk.client.get("/absent", headers=loud).status_code for _ in range(130)]
        assert statuses[-1] == 429
        assert desk.client.get("/absent", headers=quiet).status_code == 401


def test_what_a_form_lacks_is_said_in_russian(desk: Desk) -> None:
    desk.enter()
    head = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = desk.client.post("/note", content=b"--x nonsense", headers=head)
    assert answer.status_code == 400
    assert "Форма не прочитана" in answer.text


def test_a_database_that_is_away_is_said_so(desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise DatabaseError("away")

    desk.enter()
    monkeypatch.setattr(store.desk_keys, "initial_of", away)
    answer = desk.get("/note")
    assert answer.status_code == 503
    assert "База данных сейчас недоступна" in answer.text
