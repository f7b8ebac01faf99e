"""The rules of a call, said so that an applicant understands them."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from applications.call_reading import hearing_rows, quota_words
from applications.call_rules import CallRules

Row = tuple[str, str]


def article_number(article: str) -> str:
    """The number of an article as the page's language writes it: 十四, or 14 in English."""
    if not (get_language() or "").startswith("en"):
        return article
    import cn2an  # as in applications.money: slow to load, seldom needed

    try:
        return str(cn2an.cn2an(article, "smart"))
    except ValueError:
        return article


def rule_rows(rules: CallRules) -> list[Row]:
    """Label and sentence for each rule of the review, in the order of the procedure."""
    return [
        (_("Recommendation"), _quota(rules)),
        (_("Correction"), _correction(rules)),
        (_("Expert panel"), _panel(rules)),
        (_("Adding up the scores"), _aggregation(rules)),
        (_("Equal totals"), _ties(rules)),
        (
            _("Entry score"),
            _("A project needs %(floor)s points to be supported.") % {"floor": rules.floor},
        ),
        *((str(label), str(words)) for label, words in hearing_rows(rules)),
        (_("Funding line"), _cut_off(rules)),
        *_quotas(rules),
        (_("Public notice"), _notice(rules)),
        (_("Objections"), _objections(rules)),
        (_("Payment"), _instalments(rules)),
        (_("After the award"), _after(rules)),
    ]


def _days(days: int) -> str:
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}


def _quota(rules: CallRules) -> str:
    text = ngettext(
        "Each reporting city or county recommends up to %(n)s project, in ranked order.",
        "Each reporting city or county recommends up to %(n)s projects, in ranked order.",
        rules.regional_quota,
    ) % {"n": rules.regional_quota}
    if rules.quota_by_region:
        text += " " + _("Some regions have a quota of their own, as the guide says.")
    return text


def _correction(rules: CallRules) -> str:
    return _(
        "Regional check and screening may each return an application once, with all reasons at "
        "once; "
        "%(days)s are given, the day of receipt not counted."
    ) % {"days": _days(rules.correction_days)}


def _panel(rules: CallRules) -> str:
    text = _matched(rules) if rules.by_application else _drawn(rules)
    if rules.exclude_same_region:
        text += " " + _("Experts of the project's own region do not score it.")
    return text


def _matched(rules: CallRules) -> str:
    return _(
        "%(size)s experts for each application, matched by specialty, equals by lot under the "
        "supervisor's eyes; nobody has more than %(most)s; valid score sheets needed: %(least)s."
    ) % {"size": rules.panel_size, "most": rules.most_dossiers, "least": rules.min_scores}


def _drawn(rules: CallRules) -> str:
    return _(
        "%(size)s experts a panel, drawn at random from the pool under the supervisor's eyes; "
        "valid score sheets needed: %(least)s."
    ) % {"size": rules.panel_size, "least": rules.min_scores}


def _aggregation(rules: CallRules) -> str:
    if rules.aggregation == "trimmed":
        return _(
            "Mean of the experts' totals; from %(n)s experts on, one highest and one lowest are "
            "left out."
        ) % {"n": rules.trim_from}
    if rules.aggregation == "median":
        return _("Median of the experts' totals.")
    return _("Mean of all experts' totals.")


def _ties(rules: CallRules) -> str:
    names = {
        "employment": _("points for employment"),
        "net_new_jobs": _("net new jobs"),
        "quality": _("points for project quality"),
    }
    order = _(", then ").join(names[key] for key in rules.ties)
    return _("Decided by %(order)s; if all are equal, by a recorded joint decision.") % {
        "order": order
    }


def _cut_off(rules: CallRules) -> str:
    return {
        "strict": _(
            "In strict order of rank: the line falls at the first project that no longer fits "
            "the funds."
        ),
        "skip": _(
            "In order of rank: a project that no longer fits the funds is passed over for the "
            "next that does."
        ),
        "partial": _(
            "In order of rank: the last project may receive the rest of the funds in part, if its "
            "firm agrees within %(days)s; else the money goes on to the next in rank."
        )
        % {"days": _days(rules.part_answer_days)},
    }[rules.cut_off]


def _quotas(rules: CallRules) -> list[Row]:
    """What else than rank and money decides; nothing where no quota is frozen."""
    sentences = []
    if rules.panels == "quota":
        sentences.append(
            _(
                "Each panel has a share of the funds in proportion to its projects; what the "
                "shares leave goes down the joint ranking."
            )
        )
    industry = (rules.most_per_industry, rules.percent_per_industry)
    prefecture = (rules.most_per_prefecture, rules.percent_per_prefecture)
    if any(industry):
        sentences.append(_("One industry: at most %(most)s.") % {"most": quota_words(*industry)})
    if any(prefecture):
        most = quota_words(*prefecture)
        sentences.append(_("One reporting city or county: at most %(most)s.") % {"most": most})
    if not sentences:
        return []
    sentences.append(_("Whoever a quota passes over stays on the reserve list in order of rank."))
    return [(_("Quotas"), " ".join(sentences))]


def _notice(rules: CallRules) -> str:
    return _("%(days)s, the first day counted.") % {"days": _days(rules.notice_days)}


def _objections(rules: CallRules) -> str:
    return _(
        "By name and in writing during the notice; answered within %(days)s of receipt. Only the "
        "project concerned is held. Whoever disagrees with the answer may ask within %(review)s "
        "for one review by a meeting above those who answered."
    ) % {
        "days": _days(rules.objection_answer_days),
        "review": _days(rules.objection_review_days),
    }


def _instalments(rules: CallRules) -> str:
    parts = _(", ").join(f"{percent}%" for percent in rules.instalments)
    return ngettext(
        "In %(n)d instalment: %(parts)s of the award.",
        "In %(n)d instalments: %(parts)s of the award.",
        len(rules.instalments),
    ) % {"n": len(rules.instalments), "parts": parts}


def _after(rules: CallRules) -> str:
    return ngettext(
        "The last instalment follows the new jobs achieved: under %(cut)s%% of the promise it "
        "is cut in proportion, under %(fail)s%% it is not paid. Reports are due each quarter. A "
        "project idle for %(months)s month is called back; money clawed back bears %(rate)s%% "
        "interest a year.",
        "The last instalment follows the new jobs achieved: under %(cut)s%% of the promise it "
        "is cut in proportion, under %(fail)s%% it is not paid. Reports are due each quarter. A "
        "project idle for %(months)s months is called back; money clawed back bears %(rate)s%% "
        "interest a year.",
        rules.idle_months,
    ) % {
        "cut": rules.jobs_cut_below,
        "fail": rules.jobs_fail_below,
        "months": rules.idle_months,
        "rate": rules.interest_rate,
    }
