import pytest

from monitor.text.numbers import whole


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("9" * 5_000, None),  # which Python itself does not read
        ("", None),
        (" 1", None),
        ("-1", None),
        ("1_0", None),
        ("²", None),
        ("١٢", None),
    ],
)
def test_only_ascii_digits_are_a_number_and_not_without_end(written: str, number: int | None) -> None:
    assert whole(written) == number
