"""The top bar: six entries at most, every one leads somewhere, the one that is on is lit."""

from itertools import combinations

import pytest
from django.test import Client
from django.utils import translation

from accounts import rules
from accounts.roles import FORBIDDEN_PAIRS, Role
from config import navigation
from config.context import frame
from config.menus import EVERY_PAGE

ALLOWED_PAIRS = [
    frozenset(pair) for pair in combinations(Role, 2) if frozenset(pair) not in FORBIDDEN_PAIRS
]


def named(roles) -> str:
    """The same name in every worker: a set's own order changes from process to process."""
    return "+".join(sorted(roles))


def words(links) -> list[str]:
    with translation.override("zh-hans"):
        return [str(link.label) for link in links]


@pytest.fixture
def standing(monkeypatch):
    """Every page has an address, whichever apps are there."""
    monkeypatch.setattr(navigation, "address", lambda name: f"/{name.replace(':', '/')}/")


@pytest.mark.parametrize("name", sorted(EVERY_PAGE))
def test_every_entry_leads_to_a_page(name):
    assert navigation.address(name)


@pytest.mark.parametrize("roles", [frozenset({r}) for r in Role] + ALLOWED_PAIRS, ids=named)
def test_at_most_six_entries_for_one_role_and_none_twice(standing, roles):
    links = navigation.top_links(roles, "/")
    assert len({link.url for link in links}) == len(links)
    assert len(links) <= 6 or len(roles) > 1


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (None, "首页 申报通知 公示公告 结果公开 查验"),
        (frozenset(), "工作台 申报通知 我的申报 任务书与拨付 诉求 本单位"),
        ({Role.REGIONAL_OFFICER}, "工作台 项目 评审"),
        ({Role.PROGRAMME_OFFICER}, "工作台 批次 项目 评审 资金 公示"),
        ({Role.EXPERT}, "工作台 我的评审"),
        ({Role.SUPERVISOR}, "工作台 项目 评审 资金 公示 审计"),
        ({Role.APPROVER}, "工作台 批次 项目 评审 资金 公示"),
        ({Role.FINANCE_OFFICER}, "工作台 批次 项目 评审 资金 公示"),
        ({Role.SECRETARY}, "工作台 资金 服务秘书"),
        ({Role.SECRETARY_LEAD}, "工作台 项目 服务秘书"),
        ({Role.SYSTEM_ADMIN}, "工作台 人员"),
        ({Role.AUDIT_ADMIN}, "工作台 审计"),
    ],
)
def test_who_is_offered_what(standing, roles, expected):
    links = navigation.top_links(roles if roles is None else frozenset(roles), "/")
    assert words(links) == expected.split()


@pytest.mark.parametrize(
    ("address", "named", "section", "page"),
    [
        ("/reviews/pool/", "", "评审", "专家库"),
        ("/reviews/pool/17/edit/", "", "评审", "专家库"),
        ("/elsewhere/", "awards:payments", "资金", "资金拨付"),
        ("/reviews/pool/", "awards:payments", "资金", "资金拨付"),
        ("/elsewhere/", "", None, None),
        ("/", "", None, None),
    ],
)
def test_the_entry_one_is_on(standing, address, named, section, page):
    links = navigation.top_links(frozenset({Role.PROGRAMME_OFFICER}), address, named)
    lit = [link for link in links if link.current]
    assert words(lit) == ([section] if section else [])
    assert words(c for link in lit for c in link.children if c.current) == ([page] if page else [])


def test_pages_that_no_app_offers_are_left_out(monkeypatch):
    monkeypatch.setattr(navigation, "address", lambda name: "")
    assert navigation.top_links(frozenset({Role.EXPERT}), "/") == ()


@pytest.mark.django_db
def test_a_visitor_and_a_person(gallery, client_of, officer, django_assert_num_queries):
    anonymous = Client().get("/look/confirm/").content.decode()
    assert anonymous.count('aria-label="主导航"') == 1
    assert "登录" in anonymous
    assert "退出" not in anonymous
    client = client_of(officer)
    with django_assert_num_queries(4):  # session, person, roles, unread messages
        html = client.get("/look/confirm/").content.decode()
    assert "退出" in html
    assert str(officer) in html


def test_the_frame_asks_nothing_until_it_is_shown(rf, django_assert_num_queries, db):
    request = rf.get("/x/")
    with django_assert_num_queries(0):
        context = frame(request)
    assert context["html_language"] == "zh-Hans-CN"
    assert context["other_languages"] == [("en", "English")]
    assert context["language_next"] == "/x/"
    assert context["session_seconds"] is None


def test_after_a_post_the_language_switch_leads_nowhere_else(rf):
    assert frame(rf.post("/x/"))["language_next"] == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "who",
    [
        "anonymous",
        "applicant",
        "region",
        "officer",
        "expert",
        "supervisor",
        "approver",
        "finance",
        "secretary",
        "lead",
        "sysadmin",
        "secadmin",
        "auditor",
    ],
)
def test_what_is_offered_opens(request, client_of, firm, who):
    """Nobody is led to a page that turns him away."""
    person = request.getfixturevalue(who)
    roles = rules.roles_of(person) if person.is_authenticated else None
    client = client_of(person if person.is_authenticated else None)
    offered = [page for link in navigation.top_links(roles, "/") for page in link.children]
    answers = {page.url: client.get(page.url, follow=True).status_code for page in offered}
    assert {url: code for url, code in answers.items() if code != 200} == {}


@pytest.mark.django_db
def test_a_firms_people_read_larger_type_on_the_officers_pages_too(client, applicant, officer):
    for person, larger in ((applicant, True), (officer, False)):
        client.force_login(person)
        body = client.get("/payments/").content.decode().split("<body", 1)[1][:60]
        assert ("is-public" in body) is larger
