"""What must hold of the money at any moment, asked of the rows alone."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from audit.invariants import Check, Rule, stored_files
from awards.ledger import HELD, Account
from awards.models import Acceptance, ClaimFile, Minutes, ObjectionFile, Signature, TreasuryAnswer

_BALANCES: Final = ", ".join(
    [f"('{name}', v.{name})" for name in HELD] + [f"('{Account.AUTHORITY}', -v.ceiling)"]
)

BALANCES: Final = Rule(
    "awards_envelope",
    _("%(account)s is %(balance)s, its entries total %(total)s"),
    f"""
    SELECT v.id, h.account, h.balance, COALESCE(SUM(CASE WHEN e.debit = h.account THEN e.amount
           ELSE -e.amount END), 0.00) AS total
    FROM awards_envelope v CROSS JOIN LATERAL (VALUES {_BALANCES}) AS h (account, balance)
    LEFT JOIN awards_ledgerentry e ON e.envelope_id = v.id AND h.account IN (e.debit, e.credit)
    GROUP BY v.id, h.account, h.balance
    HAVING h.balance <> COALESCE(SUM(CASE WHEN e.debit = h.account THEN e.amount
                                     ELSE -e.amount END), 0)
    ORDER BY v.id, h.account
    """,  # noqa: S608  (names of accounts, constants of ours)
)

TAKEN: Final = Rule(
    "awards_envelope",
    _("awards have taken %(taken)s of it, they total %(total)s"),
    """
    SELECT v.id, v.committed + v.paid + v.recovered AS taken, COALESCE(a.total, 0.00) AS total
    FROM awards_envelope v LEFT JOIN (
        SELECT envelope_id, SUM(CASE WHEN revoked_at IS NULL THEN amount - cut ELSE paid END)
               AS total FROM awards_award GROUP BY envelope_id) a ON a.envelope_id = v.id
    WHERE v.committed + v.paid + v.recovered <> COALESCE(a.total, 0)
    ORDER BY v.id
    """,
)

CEILING: Final = Rule(
    "awards_envelope",
    _("the ceiling is %(ceiling)s, the scheme allows %(limit)s a year"),
    """
    SELECT v.id, v.ceiling, s.annual_limit AS limit
    FROM awards_envelope v JOIN applications_scheme s ON s.id = v.scheme_id
    WHERE v.ceiling > s.annual_limit ORDER BY v.id
    """,
)

INSTALMENTS: Final = Rule(
    "awards_award",
    _("%(amount)s awarded, its instalments total %(total)s"),
    """
    SELECT a.id, a.amount, SUM(n.amount) AS total
    FROM awards_award a JOIN awards_instalment n ON n.award_id = a.id
    GROUP BY a.id HAVING SUM(n.amount) <> a.amount ORDER BY a.id
    """,
)

CUTS: Final = Rule(
    "awards_award",
    _("%(cut)s will not be paid, its instalments say %(total)s"),
    """
    SELECT a.id, a.cut, SUM(n.cut) AS total
    FROM awards_award a JOIN awards_instalment n ON n.award_id = a.id
    GROUP BY a.id HAVING SUM(n.cut) <> a.cut ORDER BY a.id
    """,
)

PAID: Final = Rule(
    "awards_award",
    _("%(paid)s paid, its vouchers total %(total)s"),
    """
    SELECT a.id, a.paid, COALESCE(SUM(p.amount), 0.00) AS total
    FROM awards_award a LEFT JOIN awards_instalment n ON n.award_id = a.id
    LEFT JOIN awards_payment p ON p.instalment_id = n.id AND p.voucher_no IS NOT NULL
    GROUP BY a.id HAVING a.paid <> COALESCE(SUM(p.amount), 0) ORDER BY a.id
    """,
)

PAYMENTS: Final = Rule(
    "awards_payment",
    _("%(amount)s to pay, its instalment is %(due)s"),
    """
    SELECT p.id, p.amount, n.amount - n.cut AS due
    FROM awards_payment p LEFT JOIN awards_instalment n ON n.id = p.instalment_id
    WHERE p.amount IS DISTINCT FROM n.amount - n.cut ORDER BY p.id
    """,
)

RECOVERED: Final = Rule(
    "awards_envelope",
    _("%(recovered)s recovered, the confirmed repayments total %(total)s"),
    """
    SELECT v.id, v.recovered, COALESCE(b.total, 0.00) AS total
    FROM awards_envelope v LEFT JOIN (
        SELECT a.envelope_id, SUM(r.principal) AS total
        FROM awards_repayment r JOIN awards_clawback c ON c.id = r.clawback_id
        JOIN awards_award a ON a.id = c.award_id
        WHERE r.confirmed_at IS NOT NULL GROUP BY a.envelope_id) b ON b.envelope_id = v.id
    WHERE v.recovered <> COALESCE(b.total, 0) ORDER BY v.id
    """,
)

CLAIMS: Final = Rule(
    "awards_payment",
    _("its claim is of another instalment, or was not verified"),
    """
    SELECT p.id FROM awards_payment p LEFT JOIN awards_claim c ON c.id = p.claim_id
    WHERE c.instalment_id IS DISTINCT FROM p.instalment_id OR c.verified_at IS NULL
    ORDER BY p.id
    """,
)

STATES: Final = Rule(
    "awards_instalment",
    _("it says “%(status)s”, its payment “%(due)s”"),
    """
    SELECT * FROM (
        SELECT n.id, n.status, CASE WHEN p.voucher_no IS NOT NULL THEN 'paid'
            WHEN p.checked_at IS NOT NULL THEN 'released'
            WHEN p.id IS NOT NULL THEN 'entered' ELSE 'none' END AS due
        FROM awards_instalment n LEFT JOIN awards_payment p ON p.instalment_id = n.id) stood
    WHERE CASE WHEN due = 'none' THEN status IN ('entered', 'released', 'paid')
          ELSE status <> due END
    ORDER BY id
    """,
)

BATCHES: Final = Rule(
    "awards_paymentbatch",
    _("it is “%(status)s” and still holds payments: %(open)s"),
    """
    SELECT b.id, b.status, COUNT(*) AS open
    FROM awards_paymentbatch b JOIN awards_batchline l ON l.batch_id = b.id AND l.left_at IS NULL
    JOIN awards_payment p ON p.id = l.payment_id
    WHERE b.status = 'dissolved' OR b.status = 'settled' AND p.voucher_no IS NULL
    GROUP BY b.id ORDER BY b.id
    """,
)

ANSWERS: Final = Rule(
    "awards_answerline",
    _("the treasury says %(said)s by voucher %(voucher)s, recorded are %(amount)s by %(kept)s"),
    """
    SELECT a.id, a.amount AS said, a.voucher_no AS voucher, p.amount, p.voucher_no AS kept
    FROM awards_answerline a LEFT JOIN awards_batchline l ON l.id = a.line_id
    LEFT JOIN awards_payment p ON p.id = l.payment_id
    WHERE a.finding = 'right' AND (a.amount, a.voucher_no, a.paid_on)
          IS DISTINCT FROM (p.amount, p.voucher_no, p.paid_on)
    ORDER BY a.id
    """,
)

RULES: Final[dict[str, Check]] = {
    "awards.balances": BALANCES,
    "awards.taken": TAKEN,
    "awards.ceiling": CEILING,
    "awards.instalments": INSTALMENTS,
    "awards.cuts": CUTS,
    "awards.paid": PAID,
    "awards.payments": PAYMENTS,
    "awards.claims": CLAIMS,
    "awards.recovered": RECOVERED,
    "awards.states": STATES,
    "awards.batches": BATCHES,
    "awards.answers": ANSWERS,
    "awards.claim_files": stored_files(ClaimFile),
    "awards.signatures": stored_files(Signature),
    "awards.audit_reports": stored_files(Acceptance, "report", "report_digest"),
    "awards.minutes_files": stored_files(Minutes),
    "awards.objection_files": stored_files(ObjectionFile),
    "awards.treasury_files": stored_files(TreasuryAnswer),
}
