import pytest

from monitor.text.chat_names import chat_of, rename_chat, topic_of


@pytest.mark.parametrize(
    ("name", "chat", "topic"),
    [
        ("@name", "@name", None),
        ("-100123", "-100123", None),
        ("@name/17", "@name", 17),
        ("-100123/17", "-100123", 17),
        ("@name/1", "@name", None),  # «General» takes messages without its number
        ("@name/x", "@name/x", None),  # no topic: Telegram will say that there is no such chat
        ("@name/17/5", "@name/17/5", None),
        ("terminal", "terminal", None),
        ("", "", None),
    ],
)
def test_a_name_is_a_chat_and_perhaps_a_topic_in_it(name: str, chat: str, topic: int | None) -> None:
    assert (chat_of(name), topic_of(name)) == (chat, topic)


def test_a_topic_stays_when_its_chat_is_called_otherwise() -> None:
    assert rename_chat("@name/17", "-100123") == "-100123/17"
    assert rename_chat("@name", "-100123") == rename_chat("@name/1", "-100123") == "-100123"
