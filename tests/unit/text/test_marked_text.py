"""Marked pieces of a text: whatever the spans are, the text stays whole and each character keeps its marks."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.text.marked_text import MarkedPiece, mark

SPANS = st.lists(st.tuples(st.integers(-3, 25), st.integers(-3, 25), st.integers(0, 3)), max_size=8)


@given(text=st.text(max_size=20), spans=SPANS)
def test_every_character_bears_the_marks_of_the_spans_over_it(text: str, spans: list[tuple[int, int, int]]) -> None:
    pieces = mark(text, spans)

    assert "".join(piece.text for piece in pieces) == text
    borne = [piece.marks for piece in pieces for _ in piece.text]
    assert borne == [
        tuple(sorted({mark for start, end, mark in spans if start <= place < end})) for place in range(len(text))
    ]
    assert all(one.marks != next_one.marks for one, next_one in pairwise(pieces))


def test_overlapping_words_are_parted_where_one_ends() -> None:
    assert mark("выдали в Россию", [(0, 8, 1), (7, 15, 2)]) == (
        MarkedPiece(text="выдали ", marks=(1,)),
        MarkedPiece(text="в", marks=(1, 2)),
        MarkedPiece(text=" Россию", marks=(2,)),
    )
