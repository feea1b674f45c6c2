"""The first person of a new platform, who lets everybody else in."""

from datetime import timedelta

from huigong.cli.trouble import Trouble

_TERM = timedelta(days=3 * 365)


def appoint_administrator(phone: str, *, name: str, password: str) -> str:
    """Make the account of `phone` an administrator of the whole tree; returns the post in words.

    On an empty platform the top union is made too, named as the site is. An existing account gets the new
    password. Refuses a phone that cannot be one, a weak password, and who is administrator already.
    """
    from django.conf import settings
    from django.db import transaction

    from huigong.core import calendar
    from huigong.core.audit import SYSTEM
    from huigong.core.identity import normalise_phone, parse_name
    from huigong.people.accounts import operations as accounts
    from huigong.people.orgs import operations as orgs
    from huigong.people.orgs import permissions, queries
    from huigong.services.news import operations as news

    try:
        with transaction.atomic():
            account = accounts.register(normalise_phone(phone), actor=SYSTEM)
            accounts.name_account(account, name=parse_name(name), level=account.level, actor=SYSTEM)
            accounts.set_password(account, password=password, actor=SYSTEM)
            root = queries.find_root() or orgs.plant_root(settings.SITE_NAME, actor=SYSTEM)
            news.usual_channels(actor=SYSTEM)
            today = calendar.today()
            role = permissions.Role.ADMIN
            return str(
                orgs.appoint(
                    account, union=root, role=role, starts_on=today, ends_on=today + _TERM, actor=SYSTEM
                )
            )
    except ValueError as error:
        raise Trouble(str(error)) from error
