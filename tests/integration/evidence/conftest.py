"""An authority for time stamps, played by openssl on loopback."""

from collections.abc import Iterator

import pytest

from tests.servers.timestamp_authority import TimestampAuthority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimestampAuthority]:
    """One for a file of tests: its keys take a moment to make."""
    with TimestampAuthority(tmp_path_factory.mktemp("authority")) as server:
        yield server
