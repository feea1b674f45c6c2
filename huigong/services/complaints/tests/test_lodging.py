"""Lodging a complaint: every word sealed, once, and nothing that leads to an anonymous author."""

import io
import uuid

import pytest

from huigong.core.calendar import SHANGHAI
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.people.inbox.models import Message
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.models import Case, Deadline, Entry, Evidence
from huigong.services.complaints.operations import Upload
from huigong.services.complaints.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 hello"


def test_lodging_seals_every_word_and_starts_the_days(cast: Cast) -> None:
    case = factories.lodged(cast.member, uploads=[Upload(io.BytesIO(PDF), "本会会员的工资条.pdf")])
    [kept], [entry], [deadline], [evidence] = (
        factories.rows(model) for model in (Case, Entry, Deadline, Evidence)
    )
    everything = repr([vars(row) for row in (kept, entry, deadline, evidence)])
    for word in ("工资条", "发工资", "螺城石雕厂", "本会会员", str(cast.member.phone)):
        assert word not in everything
    assert (entry.kind, deadline.task, deadline.working_days) == ("lodged", "accept", 5)
    assert evidence.name == "材料1.pdf"
    assert queries.evidence_content(kept, evidence) == PDF
    assert case.unseal("identity", kept.identity_sealed)["name"] == "本会会员"


def test_lodging_writes_nothing_outside_the_vault(cast: Cast) -> None:
    before = (AuditRow.objects.count(), Message.objects.count(), StoredFile.objects.count())
    factories.lodged(cast.member, uploads=[factories.photo()])
    assert (AuditRow.objects.count(), Message.objects.count(), StoredFile.objects.count()) == before


def test_words_of_one_case_do_not_open_with_the_key_of_another(cast: Cast) -> None:
    one, other = factories.lodged(cast.member), factories.lodged(cast.neighbour_member)
    with pytest.raises(ValueError, match="does not belong here"):
        one.unseal("content", other.content_sealed)
    with pytest.raises(ValueError, match="does not belong here"):
        one.unseal("identity", one.content_sealed)


def test_the_same_form_twice_is_one_case(cast: Cast) -> None:
    token = uuid.uuid4().hex
    values = {"withheld": False, "token": token, "actor": cast.member}
    first = operations.lodge_as(factories.draft(), **values)
    assert operations.lodge_as(factories.draft(), **values).case == first.case
    assert len(factories.rows(Case)) == 1


def test_the_same_anonymous_form_twice_is_one_case_and_the_last_code_counts(cast: Cast) -> None:
    token = uuid.uuid4().hex
    first = operations.lodge_anonymously(factories.draft(), token=token)
    again = operations.lodge_anonymously(factories.draft(), token=token)
    assert first.case == again.case
    assert permissions.find_by_receipt(first.receipt) is None
    assert permissions.find_by_receipt(again.receipt) == again.case


def test_an_anonymous_case_holds_nothing_that_leads_to_its_author(cast: Cast) -> None:
    lodged = factories.anonymous(uploads=[factories.photo()])
    [case], [entry], [evidence] = factories.rows(Case), factories.rows(Entry), factories.rows(Evidence)
    assert (case.author_index, bytes(case.identity_sealed), entry.actor_id) == ("", b"", None)
    assert (entry.at.astimezone(SHANGHAI).hour, entry.at.minute) == (0, 0)
    content = queries.evidence_content(case, evidence)
    assert b"Exif" not in content
    assert b"HUAWEI" not in content
    assert lodged.receipt not in repr(vars(case))
    assert len(lodged.receipt) == 16
    assert lodged.receipt.isdigit()


def test_documents_that_may_name_their_author_are_refused_without_a_name(cast: Cast) -> None:
    with pytest.raises(Refused, match="只收图片"):
        factories.anonymous(uploads=[Upload(io.BytesIO(PDF), "x.pdf")])
    assert factories.rows(Case) == []


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\x00 program", b"<svg onload=alert(1)>", b"PK\x03\x04 broken"]
)
def test_what_is_no_evidence_is_refused_and_nothing_is_kept(cast: Cast, content: bytes) -> None:
    with pytest.raises(Refused, match="第 1 个文件"):
        factories.lodged(cast.member, uploads=[Upload(io.BytesIO(content), "a.jpg")])
    assert factories.rows(Case) == []


def test_the_county_does_not_hear_complaints_about_itself(cast: Cast) -> None:
    with pytest.raises(Refused, match="12351"):
        factories.lodged(cast.member, employer="惠安县总工会")
