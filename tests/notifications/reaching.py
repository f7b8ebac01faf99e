"""What the tests of channels do: somebody is reached one way only, told, and it is carried."""

from notifications import carriage, services
from notifications.kinds import Sort
from notifications.models import Delivery

INBOX = "http://127.0.0.1:8000/inbox/"


def only(user, way, *, mobile=None, **paces):
    """The person gets everything by this channel beside the inbox, and nothing by mail."""
    user.reach = {f"{sort}.email": "none" for sort in Sort} | {
        f"{sort}.{way}": "each" for sort in Sort
    }
    user.reach |= {name.replace("_", "."): pace for name, pace in paces.items()}
    if mobile is not None:
        user.mobile = mobile
    user.save()
    return user


def tell(key, *people, kind="probe.told"):
    services.notify(
        kind=kind,
        recipients=people,
        key=key,
        context={"number": 7, "amount": "1", "place": "x"},
        url="/inbox/",
    )


def carry():
    return carriage.carry_deliveries(Delivery.objects.order_by("pk").values_list("pk", flat=True))


def states():
    rows = Delivery.objects.order_by("pk").values_list("channel", "state", "attempts", "error")
    return [tuple(row) for row in rows]
