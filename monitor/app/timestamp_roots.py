"""The root certificates of those who stamp the time, from the operator's file."""

from monitor.app.environment import read_bytes
from monitor.config.settings import Settings
from monitor.errors import ConfigError, EvidenceError
from monitor.evidence import timestamps


def timestamp_roots(settings: Settings) -> bytes:
    """PEM; empty when none are named. Raises ConfigError for a file that cannot be read or is no PEM."""
    path = settings.timestamp_ca
    if not path:
        return b""
    roots = read_bytes(path)
    try:
        timestamps.require_roots(roots)
    except EvidenceError as error:
        raise ConfigError(str(error), file=path, key="MONITOR_TIMESTAMP_CA") from error
    return roots
