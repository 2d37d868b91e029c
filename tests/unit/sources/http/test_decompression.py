import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sources.http.decompression import TooLarge, Undecodable, decompress
from tests.harness.cpu import cpu_at_most

PACK = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstandard.compress}


@pytest.mark.parametrize("coding", PACK)
@given(body=st.binary(max_size=2_000))
@settings(max_examples=25, deadline=None)
def test_round_trip_up_to_the_limit(coding: str, body: bytes) -> None:
    packed = PACK[coding](body)
    assert decompress(packed, coding, limit=len(body)) == body
    if body:
        with pytest.raises(TooLarge):
            decompress(packed, coding, limit=len(body) - 1)


@pytest.mark.parametrize("coding", PACK)
def test_a_bomb_is_not_unpacked(coding: str) -> None:
    bomb = PACK[coding](bytes(32 << 20))
    with cpu_at_most(5), pytest.raises(TooLarge):
        decompress(bomb, coding, limit=1 << 20)


@pytest.mark.parametrize("coding", PACK)
def test_a_cut_body_is_not_a_body(coding: str) -> None:
    packed = PACK[coding](bytes(range(256)) * 4)
    for cut in (1, 5, len(packed) // 2):
        with pytest.raises(Undecodable):
            decompress(packed[:-cut], coding, limit=10_000)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_members_of_a_body_are_joined_and_counted(coding: str) -> None:
    pack = PACK[coding]
    assert decompress(pack(b"ab") * 200, coding, limit=1_000) == b"ab" * 200
    with pytest.raises(Undecodable):
        decompress(pack(b"ab") + pack(b"ab" * 4_000)[:-6], coding, limit=10_000)
    with cpu_at_most(2), pytest.raises(Undecodable):
        decompress(pack(b"") * 400_000, coding, limit=8 << 20)


def test_frames_of_a_zstd_body_are_joined_and_counted_and_each_is_whole() -> None:
    frame = zstandard.compress(b"ab" * 100)
    assert decompress(frame * 3, "zstd", limit=1_000) == b"ab" * 300
    with pytest.raises(Undecodable):
        decompress((frame * 3)[:-1], "zstd", limit=1_000)
    with cpu_at_most(2), pytest.raises(Undecodable):
        decompress(zstandard.compress(b"") * 400_000, "zstd", limit=8 << 20)


@pytest.mark.parametrize("coding", [*PACK, "gzip, br"])
def test_nothing_is_nothing_in_any_coding(coding: str) -> None:
    assert decompress(b"", coding, limit=10) == b""


@pytest.mark.parametrize("coding", ["snappy", "gzip, gzip, gzip", "compress", "gzip;q=1"])
def test_unknown_codings_are_refused(coding: str) -> None:
    with pytest.raises(Undecodable):
        decompress(b"x", coding, limit=100)


@pytest.mark.parametrize("coding", ["", "identity", " , "])
def test_no_coding_is_the_body_itself(coding: str) -> None:
    assert decompress(b"body", coding, limit=4) == b"body"


@given(st.sampled_from([*PACK, "gzip, br"]), st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_decode_or_are_named(coding: str, body: bytes) -> None:
    try:
        decompress(body, coding, limit=1_000)
    except (Undecodable, TooLarge):
        return
