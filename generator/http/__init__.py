"""
The one HTTP client: polite, bounded in time and size, and without secrets in what it says.

It only asks (GET) over TLS with verified certificates. It waits between requests to one host,
retries what a retry cures, and turns every fault into one of the kinds of `ProviderError`.
"""

from __future__ import annotations

from generator.http.addresses import redacted
from generator.http.bodies import json_of
from generator.http.client import Client
from generator.http.response import Response

__all__ = ["Client", "Response", "json_of", "redacted"]
