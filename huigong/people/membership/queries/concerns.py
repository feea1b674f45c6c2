"""What a cadre must look into before an application is approved."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from huigong.core.identity import mask_name
from huigong.people.membership.models import JoinApplication, Membership


@dataclass(frozen=True)
class Concern:
    """A doubt about who the applicant is; a final one forbids approval, the others ask for the document."""

    sentence: str
    is_final: bool = False


def concerns(applications: Iterable[JoinApplication]) -> dict[int, list[Concern]]:
    """The doubts about each application, by its id: two queries for any number.

    The applications come with their `person`.
    """
    rows = list(applications)
    person_ids = [row.person_id for row in rows]
    states: dict[int, set[str]] = defaultdict(set)
    for person_id, state in Membership.objects.filter(person__in=person_ids).values_list(
        "person_id", "state"
    ):
        states[person_id].add(state)
    others = defaultdict(set)
    also_open = JoinApplication.objects.filter(person__in=person_ids, state__in=JoinApplication.OPEN)
    for person_id, application_id in also_open.values_list("person_id", "pk"):
        others[person_id].add(application_id)
    return {row.pk: _doubts(row, states[row.person_id], others[row.person_id] - {row.pk}) for row in rows}


def _doubts(application: JoinApplication, states: set[str], others: set[int]) -> list[Concern]:
    person = application.person
    found = []
    if states & set(Membership.LIVE):
        found.append(
            Concern(
                "这个证件号在工会名册上已有会籍，不能再次入会。请核对姓名后退回，请本人认领会籍或办理转会。",
                is_final=True,
            )
        )
    if person.name != application.name and (states or person.account_id):
        found.append(Concern(f"以前登记的姓名是“{mask_name(person.name)}”，与申请不同。"))
    if person.account_id not in (None, application.account_id):
        found.append(Concern("这个证件号以前由另一个账号使用。"))
    if others:
        found.append(Concern("另一个账号也在用这个证件号申请入会。"))
    return found
