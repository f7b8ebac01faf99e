"""How django-allauth sends mail here: through the outbox."""

from typing import Any

from django.contrib.sites.shortcuts import get_current_site

from accounts import adapter
from notifications import letters

TO_STRANGERS = "account/email/unknown_account"  # queued like any other, sent to nobody


class AccountAdapter(adapter.AccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue what allauth would send within the request."""
        site = get_current_site(self.request)
        frame = {"request": self.request, "email": email, "current_site": site}
        message = self.render_mail(template_prefix, email, frame | context)
        to = "" if template_prefix == TO_STRANGERS else email
        letters.post(to=to, subject=message.subject, body=message.body)
