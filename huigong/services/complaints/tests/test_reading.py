"""What is read is noted and opened to nobody else; keys are wrapped anew; small numbers are not told."""

import pytest
from django.http import Http404

from huigong.people.orgs.models import Union
from huigong.services.complaints import operations, permissions, queries
from huigong.services.complaints.models import Reading
from huigong.services.complaints.tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_each_reading_is_noted_and_its_author_sees_who(cast: Cast) -> None:
    registrar, handler = factories.registrar(cast), factories.officer(cast)
    case = factories.given(
        factories.lodged(cast.member, withheld=True, uploads=[factories.photo()]), handler, registrar
    )
    seen = operations.open_case(factories.desk(registrar, case), actor=registrar)
    assert (seen.narrative, seen.evidence) == ("", [])
    seen = operations.open_case(factories.desk(handler, case), actor=handler)
    assert "发工资" in seen.narrative
    who = operations.open_identity(factories.desk(handler, case), reason="要电话核实", actor=handler)
    assert who.name == "本会会员"
    assert [row.what for row in factories.rows(Reading)] == ["summary", "content", "identity"]
    looks = queries.author_file(case).looks
    assert any("维权专员" in look and "要电话核实" in look for look in looks)
    assert any("维权登记员" in look for look in looks)


def test_what_was_read_is_noted_or_it_was_not_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Noting fails: then nothing is shown. Showing fails: then the note is gone too."""
    registrar = factories.registrar(cast)
    case = factories.lodged(cast.member)
    monkeypatch.setattr(queries, "case_file", lambda desk: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        operations.open_case(factories.desk(registrar, case), actor=registrar)
    assert factories.rows(Reading) == []


def test_the_registrar_opens_neither_evidence_nor_identity(cast: Cast) -> None:
    registrar = factories.registrar(cast)
    case = factories.lodged(cast.member, uploads=[factories.photo()])
    desk = factories.desk(registrar, case)
    with pytest.raises(Http404):
        operations.open_identity(desk, reason="想看", actor=registrar)
    with pytest.raises(Http404):
        operations.open_evidence(desk, permissions.get_evidence(case, 1), actor=registrar)
    assert factories.rows(Reading) == []


# --- Keys and numbers


def test_a_new_field_key_wraps_the_keys_of_cases_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.test_resealing import change_key

    case = factories.lodged(cast.member)
    name = change_key(monkeypatch)
    assert operations.renew_keys() == 1
    assert operations.renew_keys() == 0
    again = factories.reread(case)
    assert again.key_sealed.startswith(f"1.{name}.")
    assert again.unseal("content", again.content_sealed)["employer"] == "螺城石雕厂"


def test_small_numbers_are_not_told(cast: Cast) -> None:
    registrar = factories.registrar(cast)
    for cause, count in (("wages", 6), ("women", 1)):
        for _ in range(count):
            factories.lodged(cast.member, cause=cause)
    told = queries.figures(permissions.desk_scope(registrar))
    assert told == ("6 件以上", [("拖欠或克扣工资", 6), ("女职工权益", None)])


def test_unions_of_the_accused_are_found_by_code_by_name_and_by_where_the_author_works(cast: Cast) -> None:
    Union.objects.filter(pk=cast.neighbour.pk).update(unit_name="崇武海产公司")
    case = factories.lodged(cast.member, employer="崇武海产公司")
    assert case.close_union_ids == sorted([cast.union.pk, cast.neighbour.pk])
