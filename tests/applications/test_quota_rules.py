"""The quotas among a call's rules: what may be frozen, and how the form and the call say it."""

from decimal import Decimal

import pytest
from django.utils import translation

from applications.call_content import problems_of
from applications.call_reading import quota_words
from applications.call_rules import QUOTA_NAMES, CallRules, RulesError
from applications.forms.rules import RulesForm
from tests import making

pytestmark = pytest.mark.django_db


def test_no_quota_is_the_rule_and_comes_back_from_data():
    assert not CallRules().has_quotas
    for more in ({"panels": "quota"}, *({name: 9} for name in QUOTA_NAMES)):
        rules = CallRules.from_data(more)
        assert rules.has_quotas
        assert CallRules.from_data(rules.to_data()) == rules


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("panels", "drawn"),
        ("most_per_industry", 0),
        ("most_per_prefecture", "3"),
        ("percent_per_industry", 100),
        ("percent_per_prefecture", True),
        ("percent_per_prefecture", Decimal("12.5")),
    ],
)
def test_what_cannot_be_is_refused_by_name(name, value):
    with pytest.raises(RulesError) as refused:
        CallRules.from_data({name: value})
    assert refused.value.name == name


def typed(**more):
    """The form's own values, as a browser would send them."""
    form = RulesForm(rules={})
    values = {name: form.get_initial_for_field(f, name) for name, f in form.fields.items()}
    return {name: value for name, value in values.items() if value is not None} | more


def test_the_form_takes_them_and_leaves_them_out_when_empty():
    form = RulesForm(
        typed(panels="quota", most_per_industry="3", percent_per_prefecture=""), rules={}
    )
    assert form.is_valid(), form.errors
    rules = form.cleaned_data["rules"]
    assert (rules["panels"], rules["most_per_industry"]) == ("quota", 3)
    assert rules["percent_per_prefecture"] is None
    form = RulesForm(typed(percent_per_industry="100"), rules={})
    assert list(form.errors) == ["percent_per_industry"]


def test_a_share_smaller_than_the_most_for_one_project_keeps_the_call_from_being_proposed(officer):
    call = making.call(
        officer,
        envelope=Decimal(100_000_000),
        max_request=Decimal(20_000_000),
        rules={"percent_per_industry": 19},
    )
    assert "rules" in dict(problems_of(call))
    call.rules = {"percent_per_industry": 20}
    assert "rules" not in dict(problems_of(call))


def test_the_words():
    with translation.override("en"):
        assert quota_words(1, None) == "1 project"
        assert quota_words(3, 40) == "3 projects, 40% of the envelope"
        assert quota_words(None, None) == "no limit"
