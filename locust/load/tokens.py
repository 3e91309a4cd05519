"""Tokens (JWT, HS256) as `auth.jwt_secret` takes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time

ISSUER = "recap-load"
AUDIENCE = "recap"


def make(secret: str, owner: str, scope: str = "read submit", seconds: int = 86_400) -> str:
    """A token of `owner` that ends in so many seconds."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": owner,
        "scope": scope,
        "exp": int(time.time()) + seconds,
    }
    signed = b".".join(_b64(json.dumps(it).encode()) for it in ({"alg": "HS256"}, claims))
    mac = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return (signed + b"." + _b64(mac)).decode()


def _b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
