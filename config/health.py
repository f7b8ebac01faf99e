"""Two answers for whoever watches the server: it lives; it can serve."""

import contextlib

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SECONDS = 0.5


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when pages can be served, 503 when not. Redis is told, but nothing waits for it."""
    ready = {"database": database_answers(), "redis": redis_answers()}
    return JsonResponse(ready, status=200 if ready["database"] else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def redis_answers() -> bool:
    """Whether the broker answers within half a second."""
    options = {"socket_timeout": SECONDS}
    if not settings.REDIS_URL.startswith("unix:"):
        options["socket_connect_timeout"] = SECONDS
    client = redis.Redis.from_url(settings.REDIS_URL, **options)
    with contextlib.closing(client):
        try:
            return bool(client.ping())
        except (redis.RedisError, OSError):
            return False
