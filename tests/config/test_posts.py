"""The guard of the posts itself: it counts, and lets twenty statements pass."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from tests import posts


def asking(request, count):
    with connection.cursor() as cursor:
        for _n in range(count):
            cursor.execute("SELECT 1")
    return HttpResponse(status=int(request.POST["status"]))


urlpatterns = [path("asking/<int:count>/", asking)]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.mark.parametrize(("count", "status"), [(posts.MOST, 200), (posts.MOST + 1, 422)])
def test_twenty_statements_pass_and_a_refusal_may_take_more(count, status):
    assert Client().post(f"/asking/{count}/", {"status": status}).status_code == status


def test_one_more_fails_the_test_that_posts():
    with pytest.raises(pytest.fail.Exception, match=r"/asking/21/ takes 21 statements"):
        Client().post(f"/asking/{posts.MOST + 1}/", {"status": 302})
