"""How a provider asks: its client, its key, and the bytes it keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from generator.errors import BadPayloadError, DeniedError
from generator.http import Client, Response
from generator.http.client import LIMIT
from generator.models.market import RawFile
from generator.providers.files import raw_file

#: what a table of the settings may say about the connection
_CLIENT = ("spacing", "retries", "timeout", "ca_file")


def client_of(options: Mapping[str, Any], limit: int = LIMIT) -> Client:
    """Return the client a provider's table of the settings asks for, for bodies of *limit* bytes at most."""
    return Client(**{name: options[name] for name in _CLIENT if name in options}, limit=limit)


def bearer(options: Mapping[str, Any], name: str) -> dict[str, str]:
    """
    Return the header that carries a provider's key.

    Raises:
        DeniedError: If the settings hold none; read at the first request, so that kept bytes need no key.
    """
    secret = options.get("token")
    if not isinstance(secret, str) or not secret.strip():
        variable = options.get("token_env")
        told = f"put it into {variable}" if variable else f"name its variable in [sources.{name}] token_env"
        raise DeniedError(f"wanted a key for {name}, found none: {told}")
    return {"Authorization": f"Bearer {secret.strip()}", "Accept": "application/json"}


def kept(name: str, answer: Response, headers: Mapping[str, str]) -> RawFile:
    """
    Return an answer's bytes for the archive.

    Raises:
        BadPayloadError: If they repeat the key that was sent: it would be stored and published.
    """
    secret = headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if secret and secret in answer.body:
        raise BadPayloadError(f"{answer.url}: wanted data, found our own key in it: it is not kept")
    return raw_file(name, answer.body)


def latest(answers: Iterable[Response]) -> dt.datetime | None:
    """Return the latest of the servers' own dates, None if none has one."""
    return max((answer.date for answer in answers if answer.date), default=None)
