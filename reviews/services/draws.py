"""随机抽取: commit and reveal, protocol steelyard-draw-1; reproducible from what the draw row
keeps.

The officer prepares (the input freezes), officer and supervisor each commit to a secret of 32
bytes that the system never sees before the reveal, the supervisor reveals, the officer reveals
and presses the draw. Neither can steer it alone; anyone can recompute it.
"""

import re
import secrets as entropy
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Call, CallStatus
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from calendars.wording import day_of
from notifications.services import notify
from reviews.draw import assignment, certificate, matched, pool, protocol
from reviews.models import Draw
from reviews.rules import require, require_apart
from reviews.selectors import certificates
from reviews.selectors import draws as reading
from reviews.services.preparing import require_unknown, require_whole_panels, second_person
from reviews.services.seating import seat_experts


def new_secret() -> str:
    """A fresh secret, 32 bytes as 64 hex digits, for whoever does not bring their own."""
    return entropy.token_hex(32)


@transaction.atomic
def prepare_draw(
    *,
    call: Call,
    reason: str = "",
    public_entropy_source: str = "",
    public_entropy_from: datetime | None = None,
    salt: str = "",
    by: User,
) -> Draw:
    """Freeze the input of the next draw.

    A redraw needs a reason and a predecessor that another person voided. A public value to be
    mixed in is named here, with the instant from which it can be known. `salt` hides the
    institutions in the input; 64 hex digits, made fresh when empty.
    """
    require(by, Role.PROGRAMME_OFFICER)
    require_apart(by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status != CallStatus.SCREENED:
        raise WrongState(_("Form the panels first; a draw comes before the review opens."))
    drawn = call.draws.select_related("voided_by").defer("input", "result")
    earlier = list(drawn.order_by("prepared_at", "pk"))
    agreed_by = second_person(earlier, reason, by)
    now = require_whole_panels(call)
    source = public_entropy_source.strip()
    require_unknown(source, public_entropy_from, now)
    basis = reading.standing_basis(call, day_of(now))
    if basis.undecided:
        raise WrongState(
            _(
                "Persons whom firms named may be experts of the pool. Decide on each of them on "
                "the page of named persons, then prepare the draw."
            )
        )
    number = f"{call.number}-D{len(earlier) + 1}"
    salt = salt or new_secret()
    value = reading.PublicValue(source, public_entropy_from)
    data = reading.draw_input(basis, number, salt, value)
    if reading.short_of(pool.read(data)):
        raise WrongState(_("Some seats cannot be filled. See the supply report for the cause."))
    draw = Draw.objects.create(
        call=call,
        number=number,
        input=data,
        input_hash=protocol.input_hash(data),
        salt=salt,
        grounds=reading.grounds_of(basis),
        operator=by,
        public_entropy_source=source,
        public_entropy_from=public_entropy_from,
        reason=reason.strip() if earlier else "",
        agreed_by=agreed_by,
        prepared_at=now,
    )
    _record(draw, "draw.prepare", by, "", "prepared", {"input_hash": draw.input_hash})
    notify(
        kind="draw.prepared",
        recipients=users_with_role(Role.SUPERVISOR),
        key=f"draw.prepared:{draw.pk}",
        context={"number": draw.number},
        url=f"/draws/{draw.number}/",
        about=draw,
    )
    return draw


def _record(
    draw: Draw, action: str, by: User, source: str, target: str, after: dict[str, Any]
) -> None:
    record(
        action=action,
        obj=draw,
        by=by,
        role=Role.PROGRAMME_OFFICER if by.pk == draw.operator_id else Role.SUPERVISOR,
        source=source,
        target=target,
        reason=draw.reason,
        after=after,
        scope=draw.call.number,
    )


def _secret(value: str) -> bytes:
    if not re.fullmatch(r"[0-9a-f]{64}", value.strip().lower()):
        raise Invalid(_("The number must be 64 hexadecimal digits (32 bytes)."), field="secret")
    return bytes.fromhex(value.strip().lower())


def lock(draw: Draw, by: User, *statuses: str) -> Draw:
    """The draw's row, locked; WrongState when it is in none of these states, NotPermitted to an
    expert of the call.
    """
    locked = Draw.objects.select_for_update(of=("self",)).select_related("call").get(pk=draw.pk)
    if locked.status not in statuses:
        raise WrongState(_("The draw has moved on meanwhile. Open the page again and check."))
    require_apart(by, locked.call)
    return locked


@transaction.atomic
def commit_secret(*, draw: Draw, secret: str, by: User) -> Draw:
    """Seal a secret: only its SM3 is kept until the reveal. The officer who prepared, or a
    supervisor.
    """
    locked = lock(draw, by, "prepared")
    digest = protocol.commitment(_secret(secret))
    if locked.operator_id == by.pk:
        require(by, Role.PROGRAMME_OFFICER)
        if locked.operator_commitment:
            raise WrongState(_("Your number is already sealed."))
        locked.operator_commitment, side = digest, "operator"
    else:
        require(by, Role.SUPERVISOR)
        if locked.supervisor_commitment:
            raise WrongState(_("The supervisor's number is already sealed."))
        locked.supervisor_commitment, locked.supervisor, side = digest, by, "supervisor"
    if locked.operator_commitment == locked.supervisor_commitment:
        raise Invalid(_("Both numbers are the same. Choose another one."), field="secret")
    if locked.operator_commitment and locked.supervisor_commitment:
        locked.status = "committed"
    locked.save(
        update_fields=["operator_commitment", "supervisor_commitment", "supervisor", "status"]
    )
    _record(locked, "draw.commit", by, "prepared", locked.status, {side: digest})
    return locked


@transaction.atomic
def reveal_supervisor(*, draw: Draw, secret: str, by: User) -> Draw:
    """The supervisor reveals the sealed number; it must match its commitment."""
    require(by, Role.SUPERVISOR)
    locked = lock(draw, by, "committed")
    if locked.supervisor_id != by.pk:
        raise NotPermitted(_("Only the supervisor who sealed the number reveals it."))
    if locked.supervisor_secret:
        raise WrongState(_("The supervisor's number is already revealed."))
    if protocol.commitment(_secret(secret)) != locked.supervisor_commitment:
        raise Invalid(_("This is not the number that was sealed."), field="secret")
    locked.supervisor_secret = secret.strip().lower()
    locked.save(update_fields=["supervisor_secret"])
    _record(
        locked,
        "draw.reveal",
        by,
        "committed",
        "committed",
        {"supervisor": locked.supervisor_secret},
    )
    notify(
        kind="draw.revealed",
        recipients=[locked.operator],
        key=f"draw.revealed:{locked.pk}",
        context={"number": locked.number},
        url=f"/draws/{locked.number}/",
        about=locked,
    )
    return locked


@transaction.atomic
def perform_draw(*, draw: Draw, secret: str, public_entropy: str = "", by: User) -> Draw:
    """The officer reveals and presses: seats are drawn, experts invited, the result kept."""
    require(by, Role.PROGRAMME_OFFICER)
    locked = lock(draw, by, "committed")
    if locked.operator_id != by.pk:
        raise NotPermitted(_("Only the officer who prepared the draw presses it."))
    if not locked.supervisor_secret:
        raise WrongState(_("The supervisor reveals first."))
    if protocol.commitment(_secret(secret)) != locked.operator_commitment:
        raise Invalid(_("This is not the number that was sealed."), field="secret")
    if locked.public_entropy_from is not None and clock.now() < locked.public_entropy_from:
        raise WrongState(
            _("The public value cannot be known yet. It was named for %(at)s; press after that.")
            % {"at": f"{locked.public_entropy_from.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"}
        )
    if locked.public_entropy_source and not public_entropy.strip():
        raise Invalid(
            _("Enter the public value that was named beforehand."), field="public_entropy"
        )
    locked.operator_secret = secret.strip().lower()
    locked.public_entropy = public_entropy.strip() if locked.public_entropy_source else ""
    seed = protocol.seed(
        locked.input_hash,
        bytes.fromhex(locked.operator_secret),
        bytes.fromhex(locked.supervisor_secret),
        locked.public_entropy,
    )
    try:
        seated, figures = _outcome(pool.read(locked.input), seed)
    except assignment.Infeasible as error:
        raise WrongState(
            _("Some seats cannot be filled. See the supply report for the cause.")
        ) from error
    now = clock.now()
    locked.seed, locked.status, locked.drawn_at = seed.hex(), "drawn", now
    locked.result, locked.figures = [place.data() for place in seated], figures
    locked.save()
    seat_experts(locked, now)
    _record(
        locked,
        "draw.perform",
        by,
        "committed",
        "drawn",
        {
            "input_hash": locked.input_hash,
            "seed": locked.seed,
            "result": sm3(canonical(locked.result)),
            "seats": len(seated),
            **({"figures": figures} if figures else {}),
        },
    )
    return locked


def _outcome(people: pool.Pool, seed: bytes) -> tuple[Sequence[assignment.Seated], dict[str, int]]:
    """Who is seated, and the figures of a matching. Raises Infeasible."""
    if people.matching is None:
        return assignment.assign(people, seed), {}
    found = matched.assign(people, seed)
    return found.seated, found.figures()


def reproduce(draw: Draw, read: certificates.Read | None = None) -> list[str]:
    """Recompute a drawn draw, replacements included, from its own record; the list names every
    difference (empty: it holds). `read`: what was read of it already.
    """
    return certificate.reproduce(certificates.certificate_of(draw, read))
