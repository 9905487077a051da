"""The fixture of a running server; `tests/conftest.py` offers it to every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.wire.server import TlsServer


@pytest.fixture(scope="session")
def _wire_server() -> Iterator[TlsServer]:
    with TlsServer() as server:
        yield server


@pytest.fixture
def wire(_wire_server: TlsServer) -> TlsServer:
    """A TLS server with an empty table; set `wire.routes`, read `wire.requests`."""
    _wire_server.reset({})
    return _wire_server
