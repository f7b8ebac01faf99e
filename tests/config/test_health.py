"""The two answers for whoever watches the server."""

import pytest
from django.core.cache import cache


def test_healthz_needs_nothing(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_tells_of_both_servers(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": True, "redis": True})


@pytest.mark.django_db
def test_readyz_serves_on_without_redis(client, settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": True, "redis": False})


@pytest.mark.django_db
def test_migrating_makes_room_for_the_throttle():
    """Sign-up and lost passwords count attempts in the cache; its table has no migration."""
    cache.set("attempts", 3)
    assert cache.get("attempts") == 3
