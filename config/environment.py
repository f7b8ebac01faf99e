"""What the settings read from the environment: names, defaults and clear complaints."""

import os
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# A server that does not answer at all must not hold every thread for libpq's own two minutes.
CONNECT_SECONDS = "10"


def flag(name: str, *, default: bool = False) -> bool:
    """A switch: 1, true, yes, on are on; 0, false, no, off and the empty string are off."""
    text = os.environ.get(name)
    if text is None:
        return default
    if text.strip().lower() in ("1", "true", "yes", "on"):
        return True
    if text.strip().lower() in ("", "0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {text!r}.")


def number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    try:
        return int(text) if text else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {text!r}.") from None


def words(name: str, default: str = "") -> list[str]:
    """A list, separated by commas."""
    return [w.strip() for w in os.environ.get(name, default).split(",") if w.strip()]


def database(url: str) -> dict[str, Any]:
    """Django's description of a `postgresql://user:password@host:port/name?option=value`.

    A socket directory is written as a percent-encoded host.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// .")
    credentials, _, place = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    host, _, port = place.partition(":") if not place.startswith("[") else _ipv6(place)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(user),
        "PASSWORD": unquote(password),
        "HOST": unquote(host),
        "PORT": port,
        "OPTIONS": {"connect_timeout": CONNECT_SECONDS, **dict(parse_qsl(parts.query))},
    }


def _ipv6(place: str) -> tuple[str, str, str]:
    host, _, rest = place[1:].partition("]")
    return host, "", rest.lstrip(":")


def broker(redis_url: str) -> str:
    """The same Redis as Celery spells it."""
    return redis_url.replace("unix://", "redis+socket://", 1)


def secret(name: str, kept_in: Path | None) -> str:
    """A secret from the environment, or made once and kept in a file that only we may read.

    kept_in: the file, or None where a secret must be configured.
    """
    text = os.environ.get(name, "")
    if text:
        return text
    if kept_in is None:
        raise ImproperlyConfigured(f"Set {name}: a long random text, kept from everybody.")
    if not kept_in.exists():
        _make_secret(kept_in)
    return kept_in.read_text().strip()


def _make_secret(place: Path) -> None:
    """Write beside, then link: of two processes that start at once one wins, both read the same."""
    place.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    partial = place.with_name(f".{place.name}.{os.getpid()}.{threading.get_ident()}")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600, exist_ok=False)
    partial.write_text(secrets.token_urlsafe(48) + "\n")
    try:
        os.link(partial, place)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def mail(url: str) -> Mapping[str, Any]:
    """E-mail settings from `smtp://user:password@host:port` or `smtps://…` (TLS from the start)."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp://user:password@host:587 .")
    implicit = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if implicit else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": not implicit and parts.query != "tls=off",
    }


def address(name: str) -> str:
    """An address that secrets are posted to: https, or http on this machine; "" when unset. A
    complaint never repeats it."""
    text = os.environ.get(name, "")
    parts = urlsplit(text)
    own = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if text and not (parts.hostname and (parts.scheme == "https" or own)):
        raise ImproperlyConfigured(f"{name} must begin with https:// .")
    return text


def object_store(bucket: str) -> dict[str, Any]:
    """Uploads in an S3-compatible store. A name is never written twice."""
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": os.environ.get("STEELYARD_S3_ENDPOINT") or None,
            "region_name": os.environ.get("STEELYARD_S3_REGION") or None,
            "file_overwrite": False,
            "default_acl": "private",
            "querystring_auth": True,
        },
    }
