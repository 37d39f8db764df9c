"""Mail about accounts: sent at once, since somebody waits for it; by the outbox when the mail server is away.

A link that gives access is never kept in the outbox: it is made when the message leaves.
"""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account import app_settings as allauth
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import models, transaction
from django.urls import reverse

from core.models import OutgoingMessage, User
from core.outbox import services as outbox
from core.outbox.topics import Topic

SOON = 1.5
"""Seconds that the mail server has while a page waits."""
RESET, CONFIRM = "account/email/password_reset_key", "account/email/email_confirmation"

logger = structlog.get_logger(__name__)


def deliver(message: EmailMessage, template: str, email: str, user: User | None) -> None:
    """Send a message that allauth wrote from a template. Raises OSError for one that cannot be written anew later."""
    message.connection = get_connection(timeout=SOON)
    try:
        message.send()
    except OSError:
        if user is None or template not in TOPIC_OF:
            raise
        logger.warning("account_mail.put_off", template=template, exc_info=True)
        address = EmailAddress.objects.filter(user=user, email=email).first()
        about: models.Model = address or user
        with transaction.atomic():
            outbox.renew(TOPIC_OF[template].name, about, user, str(user), email=email)


def _reset(message: OutgoingMessage) -> EmailMessage | None:
    """Nothing when the address is not the person's any more, or the person is no longer let in."""
    user, email = message.to, message.data["email"]
    is_theirs = user.email == email or EmailAddress.objects.filter(user=user, email=email).exists()
    if not (is_theirs and user.is_active):
        return None
    token = allauth.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    key = {"uidb36": user_pk_to_url_str(user), "key": token}
    url = settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)
    return _written(RESET, message, password_reset_url=url, username=user.username)


def _confirm(message: OutgoingMessage) -> EmailMessage | None:
    """Nothing when the address was confirmed or removed meanwhile."""
    address = EmailAddress.objects.filter(user=message.to, email=message.data["email"], verified=False).first()
    if address is None:
        return None
    key = EmailConfirmationHMAC.create(address).key
    return _written(CONFIRM, message, activate_url=settings.SITE_URL + reverse("account_confirm_email", args=[key]))


def _written(template: str, message: OutgoingMessage, **context: Any) -> EmailMessage:
    adapter = get_adapter()
    said = {"user": message.to, "current_site": adapter.here()} | context
    written: EmailMessage = adapter.render_mail(template, message.data["email"], said)
    return written


TOPIC_OF = {
    RESET: Topic("account.password_reset", "Link to reset the password", _reset),
    CONFIRM: Topic("account.address_confirmation", "Link to confirm an address", _confirm),
}
