"""Every page that members and cadres open, with the fullest examples that the database has."""

from collections.abc import Iterator
from typing import NamedTuple


class Page(NamedTuple):
    """An address and who opens it: a role of the demo accounts, "api" for the member's token, or nobody."""

    role: str
    path: str
    name: str
    is_swift: bool = False
    """Home, list or search: under 30 ms whatever the size of the county."""


_SEARCH = "?q=%E7%9F%B3%E9%9B%95"
_MEMBER = [
    ("/", "home", True),
    ("/me", "me", False),
    ("/me/card", "member card", False),
    ("/me/points", "points", True),
    ("/account", "account", False),
    ("/membership/", "membership", False),
    ("/my-union", "my union", False),
    ("/membership/join", "join: find a union", True),
    ("/membership/join?q=%E7%9F%B3", "join: search", True),
    ("/membership/transfer", "transfer", False),
    ("/inbox/", "inbox", True),
    ("/activities/", "activities", True),
    ("/activities/?when=past", "activities that are over", True),
    (f"/activities/{_SEARCH}", "activities: search", True),
    ("/activities/mine", "my signups", True),
    ("/activities/{activity}/", "activity", False),
    ("/activities/{online}/works/", "works of an online activity", True),
    ("/activities/mine/{signup}", "my signup", False),
]
_CADRE = [
    ("/workbench/", "workbench home", True),
    ("/workbench/todo/", "what awaits me", True),
    (f"/workbench/search/{_SEARCH}", "workbench search", True),
    ("/workbench/membership/person/", "people", True),
    ("/workbench/membership/person/?q=%E9%99%88", "people: search by name", True),
    ("/workbench/membership/person/?q=0460", "people: search by tail", True),
    ("/workbench/membership/person/{person}/change/", "person", False),
    ("/workbench/orgs/union/", "unions", True),
    (f"/workbench/orgs/union/{_SEARCH}", "unions: search", True),
    ("/workbench/orgs/union/{union}/change/", "union", False),
    ("/workbench/orgs/post/", "posts", True),
    ("/workbench/orgs/registration/", "foundings", True),
    ("/workbench/orgs/partner/", "partners", True),
    ("/workbench/membership/joinapplication/", "applications", True),
    ("/workbench/membership/claim/", "claims", True),
    ("/workbench/membership/transfer/", "transfers", True),
    ("/workbench/activities/activity/", "activities", True),
    ("/workbench/core/auditrow/", "audit trail", True),
    ("/activities/manage/", "activities on the phone", True),
    ("/activities/manage/new", "new activity", False),
    ("/activities/manage/{activity}/", "activity on the phone", False),
    ("/activities/manage/{activity}/signups", "signups", True),
    ("/activities/manage/{activity}/survey", "survey", False),
    ("/activities/manage/{activity}/report", "report", False),
    ("/activities/{activity}/check-in", "check-in", False),
    ("/activities/{activity}/check-in/people", "check-in: whom to expect", False),
    ("/activities/manage/{online}/works", "works to look through", True),
    ("/activities/manage/campaigns/", "campaigns", True),
    ("/activities/manage/campaigns/new", "new campaign", False),
    ("/membership/review", "review on the phone", True),
    ("/membership/import", "imports", True),
    ("/membership/import/new", "new import", False),
    ("/membership/people/{person}", "person on the phone", False),
]
_ANYBODY = [
    ("/", "home", True),
    ("/activities/", "activities", True),
    ("/activities/{activity}/", "activity", False),
    ("/login", "login", False),
]
_API = [
    ("/api/v1/me", "me", False),
    ("/api/v1/me/signups", "my signups", True),
    ("/api/v1/unions?q=%E7%9F%B3", "unions", True),
    ("/api/v1/activities", "activities", True),
    ("/api/v1/activities/{activity}", "activity", False),
]


def pages(member_phone: str) -> Iterator[Page]:
    """All of them; `member_phone` is that of the demo member whose own rows are opened."""
    ids = _fullest(member_phone)
    for role, rows in (("member", _MEMBER), ("county_admin", _CADRE), ("", _ANYBODY), ("api", _API)):
        for path, name, is_swift in rows:
            yield Page(role, path.format(**ids), name, is_swift)


def _fullest(member_phone: str) -> dict[str, int]:
    from huigong.people.accounts import queries as accounts
    from huigong.people.membership.models import Person
    from huigong.people.orgs.models import Union
    from huigong.services.activities.models import Activity, Session, Signup

    account = accounts.account_by_phone(member_phone)
    for_all = Session.objects.filter(activity__union__parent=None).exclude(activity__published_at=None)
    fullest = for_all.filter(activity__kind="onsite").order_by("-pool__taken", "id").first()
    online = Activity.objects.filter(kind="online", union__parent=None).order_by("-starts_at").first()
    signup = Signup.objects.filter(person__account=account).order_by("-id").first()
    union = Union.objects.filter(level=Union.Level.GRASSROOTS).order_by("-worker_count", "id").first()
    person = Person.objects.filter(account=account).first()
    if not (fullest and online and signup and union and person):
        raise RuntimeError("the demo data is not there")
    return {
        "activity": fullest.activity_id,
        "online": online.pk,
        "signup": signup.pk,
        "union": union.pk,
        "person": person.pk,
    }
