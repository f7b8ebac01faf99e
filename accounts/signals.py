"""Signals of this app, sent inside the transaction of the act."""

from django.dispatch import Signal

# sender: the service module's function; organisation: the firm; user: whose membership changed.
membership_changed = Signal()
# user: whose roles changed; role: the role granted or revoked.
roles_changed = Signal()
