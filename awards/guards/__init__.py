"""Guards of the money: what the services hold, the database holds as well, against any hand.

Plain SQL and not django-pgtrigger, whose triggers a setting of the session can switch off.
Sums are checked when the transaction ends, so that an act may write its rows in any order.
"""

from django.db import migrations

from awards.guards.batches import BATCHES, BATCHES_UNDONE
from awards.guards.booked import BOOKED, BOOKED_UNDONE, CAUSES, CAUSES_UNDONE
from awards.guards.closing import CLOSING, CLOSING_UNDONE
from awards.guards.ledger import MOVING, MOVING_UNDONE
from awards.guards.lists import LISTS, LISTS_UNDONE
from awards.guards.rows import LIVES, LIVES_UNDONE, ROWS, ROWS_UNDONE
from awards.guards.signed import SIGNED, SIGNED_UNDONE
from awards.guards.sums import SUMS, SUMS_UNDONE

OPERATIONS = [
    migrations.RunSQL(MOVING, MOVING_UNDONE),
    migrations.RunSQL(CAUSES, CAUSES_UNDONE),
    migrations.RunSQL(BOOKED, BOOKED_UNDONE),
    migrations.RunSQL(SUMS, SUMS_UNDONE),
    migrations.RunSQL(ROWS, ROWS_UNDONE),
    migrations.RunSQL(LIVES, LIVES_UNDONE),
    migrations.RunSQL(LISTS, LISTS_UNDONE),
    migrations.RunSQL(CLOSING, CLOSING_UNDONE),
    migrations.RunSQL(BATCHES, BATCHES_UNDONE),
    migrations.RunSQL(SIGNED, SIGNED_UNDONE),
]
