from datetime import time, timedelta

import pytest

from monitor.config.hours import Hours
from monitor.config.settings import TERMINAL, load_settings, unknown_names, wanted_files
from monitor.errors import ConfigError

TOKEN = "123456789:AAE-made-up-for-this-test-0000000"


def test_nothing_set_is_preview_mode() -> None:
    settings = load_settings({})

    assert not settings.live
    assert settings.chat == TERMINAL
    assert settings.missing == ("MONITOR_BOT_TOKEN", "MONITOR_CHANNEL")


def test_token_and_channel_make_it_live() -> None:
    settings = load_settings({"MONITOR_BOT_TOKEN": f" {TOKEN}\n", "MONITOR_CHANNEL": "@channel"})

    assert settings.live
    assert settings.chat == "@channel"
    assert settings.secrets == (TOKEN, TOKEN.partition(":")[2])


def test_hours_and_durations_become_values() -> None:
    settings = load_settings(
        {
            "MONITOR_QUIET_HOURS": "23:00-07:00",
            "MONITOR_DIGEST_AT": "09:00",
            "MONITOR_WEEKLY_AT": "пт 18:00",
            "MONITOR_TIMEZONE": "Europe/Berlin",
            "MONITOR_UNCERTAIN_RESEND_AFTER": "2h",
        }
    )

    assert settings.hours == Hours(
        zone="Europe/Berlin", quiet=(time(23), time(7)), digest_at=time(9), weekly_at=(4, time(18))
    )
    assert settings.resend_after == timedelta(hours=2)
    assert load_settings({}).hours == Hours(zone="Asia/Almaty")
    assert load_settings({}).resend_after is None


def test_copies_are_kept_for_ever_or_so_many_days() -> None:
    assert load_settings({}).evidence_kept_for is None
    assert load_settings({"MONITOR_EVIDENCE_KEEP": "730d"}).evidence_kept_for == timedelta(days=730)


def test_an_empty_variable_is_not_set() -> None:
    assert load_settings({"MONITOR_FEEDS": "  "}).feeds == "feeds.yaml"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MONITOR_BOT_TOKEN", "мой токен"),
        ("MONITOR_BOT_TOKEN", "987654321"),
        ("MONITOR_CHANNEL", "https://t.me/channel"),
        ("MONITOR_CHANNEL", "channel"),
        ("MONITOR_LOG_FORMAT", "xml"),
        ("MONITOR_ALLOW_PRIVATE_ADDRESSES", "maybe"),
        ("MONITOR_BOT_API_URL", "bot.api.local:8081"),
        ("MONITOR_PROXY", "ftp://proxy"),
        ("MONITOR_OPERATOR_CHAT", "operator"),
        ("MONITOR_TELEGRAM_PREVIEW_URL", "t.me"),
        ("MONITOR_UNCERTAIN_RESEND_AFTER", "скоро"),
        ("MONITOR_TIMEZONE", "Алматы"),
        ("MONITOR_QUIET_HOURS", "ночью"),
        ("MONITOR_DIGEST_AT", "9 утра"),
        ("MONITOR_WEEKLY_AT", "по понедельникам"),
        ("MONITOR_EVIDENCE_KEEP", "два года"),
        ("MONITOR_EVIDENCE_KEEP", "720h"),
        ("MONITOR_EVIDENCE_KEEP", "0 d"),
    ],
)
def test_a_wrong_value_names_its_variable_and_never_shows_itself(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings({name: value})

    assert f": {name}: " in str(caught.value)
    assert value not in str(caught.value)
    assert caught.value.exit_code == 2


def test_every_wrong_value_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings({"MONITOR_QUIET_HOURS": "25", "MONITOR_DIGEST_AT": "x", "MONITOR_WEEKLY_AT": "пн 10:00"})

    assert str(caught.value) == (
        "переменные окружения: MONITOR_QUIET_HOURS: пишут так: 23:00-07:00\nMONITOR_DIGEST_AT: пишут так: 09:00"
    )


def test_passwords_inside_addresses_are_secrets() -> None:
    settings = load_settings(
        {
            "MONITOR_PROXY": "socks5://user:p4ss@127.0.0.1:1080",
            "MONITOR_DATABASE_URL": "postgresql+psycopg://monitor:hush@127.0.0.1/monitor",
        }
    )

    assert settings.secrets == ("p4ss", "hush")


def test_a_slip_of_the_pen_is_named() -> None:
    assert unknown_names({"MONITOR_CHANEL": "@x", "MONITOR_BOT_TOKEN_FILE": "/x", "PATH": "/"}) == ("MONITOR_CHANEL",)


def test_secrets_may_lie_in_files() -> None:
    assert wanted_files({"MONITOR_BOT_TOKEN_FILE": "/run/token", "OTHER_FILE": "/x"}) == {
        "MONITOR_BOT_TOKEN": "/run/token"
    }


def test_whoever_knows_the_heartbeats_address_could_fake_it() -> None:
    settings = load_settings({"MONITOR_HEARTBEAT_URL": "https://watch.example/ping/5d1f-made-up"})

    assert set(settings.secrets) == {"https://watch.example/ping/5d1f-made-up", "ping/5d1f-made-up"}


def test_a_password_is_hidden_as_written_and_as_meant() -> None:
    settings = load_settings({"MONITOR_DATABASE_URL": "postgresql+psycopg://monitor:a%40b@127.0.0.1/x?password=hush"})

    assert set(settings.secrets) == {"a%40b", "a@b", "hush"}


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("MONITOR_HTTP_PORT", "много", "пишите число"),
        ("MONITOR_HTTP_PORT", "70000", "не больше 65535"),
        ("MONITOR_HTTP_PORT", "-1", "не меньше 0"),
        ("MONITOR_HEARTBEAT_URL", "watch.example/ping", "https://"),
    ],
)
def test_the_watch_settings_are_checked(name: str, value: str, advice: str) -> None:
    with pytest.raises(ConfigError, match=advice) as caught:
        load_settings({name: value})

    assert f": {name}: " in str(caught.value)


def test_the_chats_written_to() -> None:
    live = {"MONITOR_BOT_TOKEN": "123456789:made-up", "MONITOR_CHANNEL": "@channel"}

    assert load_settings({}).chats == ("terminal",)
    assert load_settings(live).chats == ("@channel",)
    assert load_settings(live | {"MONITOR_REVIEW_CHAT": "-1005"}).chats == ("@channel", "-1005")
