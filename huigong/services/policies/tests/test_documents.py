"""Writing, publishing, replacing and finding documents."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from huigong.core import calendar, verify
from huigong.core.errors import Refused
from huigong.core.models import AuditRow, StoredFile
from huigong.services.policies import operations, permissions, queries, tasks
from huigong.services.policies.models import PaperForm, Policy
from huigong.services.policies.queries import Wanted
from huigong.services.policies.queries.validity import validity_of
from huigong.services.policies.tests import factories
from tests.cast import Cast


def titles(cast: Cast, **wanted: str) -> list[str]:
    cards = queries.page(cast.member, Wanted(**wanted)).cards
    return [card.heading.replace("<mark>", "").replace("</mark>", "") for card in cards]


# --- Writing


def test_create_policy_cleans_the_text_and_leaves_a_trail(cast: Cast) -> None:
    draft = factories.draft(cast.union, actor=cast.officer, body="<script>x</script><p>好</p>")
    assert Policy.objects.get(pk=draft.pk).body == "<p>好</p>"
    row = AuditRow.objects.get(action="policies:policy:create")
    assert (row.actor_name, row.after["number"]) == ("本会主席", "惠工〔2025〕8号")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"in_force_on": factories.ISSUED - timedelta(days=1)}, "施行日期不能早于"),
        ({"ends_on": factories.ISSUED}, "废止日期要晚于"),
    ],
)
def test_create_policy_with_dates_in_the_wrong_order_is_refused(
    cast: Cast, changed: dict, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        factories.draft(cast.union, actor=cast.officer, **changed)
    assert not Policy.objects.exists()


def test_update_policy_says_what_was_changed_of_a_published_document(cast: Cast) -> None:
    policy = factories.policy(cast.union, actor=cast.officer)
    changed = factories.fields(ends_on=calendar.today(), body="<p>改</p>")
    operations.update_policy(policy, actor=cast.officer, **changed)
    row = AuditRow.objects.get(action="policies:policy:update")
    assert row.before == {"ends_on": None}
    assert row.after == {"ends_on": calendar.today().isoformat(), "body": "全文有修改"}


def test_update_policy_that_was_taken_down_is_refused(cast: Cast) -> None:
    policy = factories.policy(cast.union, actor=cast.officer)
    operations.withdraw(policy, actor=cast.officer, reason="传错了")
    with pytest.raises(Refused) as refused:
        operations.update_policy(policy, actor=cast.officer, **factories.fields())
    assert refused.value.code == "wrong-state"
    assert operations.restore(policy, actor=cast.officer).state == "published"


def test_publish_without_text_or_file_is_refused(cast: Cast) -> None:
    draft = factories.draft(cast.union, actor=cast.officer, body="")
    with pytest.raises(Refused, match="全文"):
        operations.publish(draft, actor=cast.officer)
    operations.attach_file(draft, io.BytesIO(b"%PDF-1.7"), name="原件.pdf", actor=cast.officer)
    assert operations.publish(draft, actor=cast.officer).state == "published"
    with pytest.raises(Refused):
        operations.publish(draft, actor=cast.officer)


def test_attach_file_again_forgets_the_first(cast: Cast) -> None:
    draft = factories.draft(cast.union, actor=cast.officer)
    for name in ("一.pdf", "二.pdf"):
        operations.attach_file(draft, io.BytesIO(b"%PDF-1.7"), name=name, actor=cast.officer)
    assert [stored.name for stored in StoredFile.objects.all()] == ["二.pdf"]
    with pytest.raises(Refused, match="坏"):
        operations.attach_file(draft, io.BytesIO(b"MZ"), name="坏.exe", actor=cast.officer)


def test_discard_leaves_nothing_behind(cast: Cast) -> None:
    draft = factories.draft(cast.union, actor=cast.officer)
    operations.attach_file(draft, io.BytesIO(b"%PDF-1.7"), name="原件.pdf", actor=cast.officer)
    factories.paper(draft, actor=cast.officer)
    operations.discard(draft, actor=cast.officer)
    assert not Policy.objects.exists()
    assert not StoredFile.objects.exists()
    with pytest.raises(Refused):
        operations.discard(factories.policy(cast.union, actor=cast.officer), actor=cast.officer)


# --- Whether it counts


def test_validity_follows_from_dates_and_from_what_replaced_it(cast: Cast) -> None:
    today = calendar.today()
    county, actor = cast.county, cast.county_officer
    valid = factories.policy(county, actor=actor, title="现行")
    pending = factories.policy(
        county, actor=actor, title="未施行", issued_on=today, in_force_on=today + timedelta(days=9)
    )
    repealed = factories.policy(county, actor=actor, title="废止", ends_on=today)
    old = factories.policy(county, actor=actor, title="老", issued_on=factories.ISSUED - timedelta(days=9))
    successor = factories.draft(county, actor=actor, title="接替")
    factories.replace(old, by=successor, actor=actor)
    old.refresh_from_db()
    assert validity_of(old).key == "valid"  # a draft takes nothing over
    operations.publish(successor, actor=actor)
    rows = {row.title: row for row in Policy.objects.select_related("replaced_by")}
    stands = {title: validity_of(row).key for title, row in rows.items()}
    assert stands == {
        "现行": "valid", "接替": "valid", "未施行": "pending", "废止": "repealed", "老": "replaced",
    }  # fmt: skip
    for key in ("valid", "pending", "repealed", "replaced"):
        assert set(titles(cast, validity=key)) == {title for title, stand in stands.items() if stand == key}
    assert "《接替》" in validity_of(rows["老"]).sentence
    assert validity_of(rows["老"]).href.endswith(f"/{successor.pk}/")
    assert {valid.pk, pending.pk, repealed.pk} <= {row.pk for row in rows.values()}


def test_a_document_that_will_be_replaced_still_counts_and_says_so(cast: Cast) -> None:
    today = calendar.today()
    old = factories.policy(cast.county, actor=cast.county_officer)
    new = factories.policy(
        cast.county,
        actor=cast.county_officer,
        title="明年办法",
        issued_on=today,
        in_force_on=today + timedelta(days=20),
    )
    factories.replace(old, by=new, actor=cast.county_officer)
    old = permissions.get_policy(cast.member, old.pk)
    assert validity_of(old).key == "valid"
    assert "将被《明年办法》替代" in validity_of(old).sentence


def test_only_an_older_document_is_replaced_so_that_nothing_goes_in_a_circle(cast: Cast) -> None:
    old = factories.policy(cast.county, actor=cast.county_officer)
    new = factories.policy(
        cast.county, actor=cast.county_officer, issued_on=factories.ISSUED + timedelta(days=1)
    )
    factories.replace(old, by=new, actor=cast.county_officer)
    for older, by in ((new, old), (new, new)):
        with pytest.raises(Refused) as refused:
            factories.replace(older, by=by, actor=cast.county_officer)
        assert refused.value.code == "not-older"
    old.refresh_from_db()
    with pytest.raises(Refused, match="早于替代它的"):
        operations.update_policy(old, actor=cast.county_officer, **factories.fields(issued_on=new.issued_on))
    assert all(finding.ok for finding in verify.run() if finding.name.startswith("policies"))


# --- Paper forms


def test_a_new_version_puts_the_one_before_out_of_use_and_removing_it_brings_that_back(cast: Cast) -> None:
    policy = factories.policy(cast.union, actor=cast.officer)
    old = factories.paper(policy, actor=cast.officer, version="2025年版")
    new = factories.paper(policy, actor=cast.officer, version="2026年版")
    face = queries.face(policy)
    assert [row.version for row in face.forms] == ["2026年版"]
    assert [row.version for row in face.old_forms] == ["2025年版"]
    old.refresh_from_db()
    shown = queries.form_face(old).current
    assert shown is not None
    assert shown.version == "2026年版"
    with pytest.raises(Refused) as refused:
        factories.paper(policy, actor=cast.officer, version="2025年版")
    assert refused.value.code == "same-version"
    operations.remove_form(new, actor=cast.officer)
    assert PaperForm.objects.get().superseded_at is None
    assert StoredFile.objects.count() == 1


# --- Finding


def test_members_find_by_words_number_and_initials_once_the_job_has_run(cast: Cast) -> None:
    factories.policy(cast.county, actor=cast.county_officer)
    factories.policy(
        cast.county, actor=cast.county_officer, title="女职工劳动保护规定", topic="women", number=""
    )
    factories.draft(cast.county, actor=cast.county_officer, title="困难职工草稿")
    assert titles(cast, text="女职工劳动") == ["女职工劳动保护规定"]  # by the letter, before the job
    tasks.index_words()
    assert titles(cast, text="knzg") == ["惠安县困难职工帮扶办法"]
    assert len(titles(cast, text="惠工 8号")) == 1
    assert len(titles(cast, text="每年最多帮扶")) == 2
    assert titles(cast, text="查无此事") == []
    assert titles(cast, topic="women") == ["女职工劳动保护规定"]
    assert titles(cast, level="nation") == []
    best = queries.search(cast.member, "困难帮扶办法", 5)[0]
    assert (best.heading.striptags(), best.tags) == ("惠安县困难职工帮扶办法", (("有效", "ok"),))
    assert "<mark>" in best.heading
    assert queries.search(cast.member, "，", 5) == []


def test_pages_follow_one_another_without_gaps(cast: Cast) -> None:
    for number in range(5):
        factories.policy(cast.county, actor=cast.county_officer, title=f"第{number}号")
    first = queries.page(cast.member, Wanted(), limit=3)
    rest = queries.page(cast.member, Wanted(), cursor=first.next, limit=3)
    seen = [str(card.heading) for card in (*first.cards, *rest.cards)]
    assert seen == [f"第{number}号" for number in (4, 3, 2, 1, 0)]
    assert rest.next == ""
    for odd in ("x", "2026-01-01_x", "2026-13-01_1", "_"):
        assert queries.page(cast.member, Wanted(), cursor=odd).cards == []


@pytest.mark.parametrize("read", ["page", "managed", "search"])
def test_lists_cost_the_same_however_long(cast: Cast, read: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            if read == "page":
                queries.page(cast.member, Wanted(text="办法"))
            elif read == "managed":
                queries.managed_page(cast.county_officer)
            else:
                queries.search(cast.member, "办法", 5)
        return len(captured)

    factories.policy(cast.county, actor=cast.county_officer)
    tasks.index_words()
    cost()  # the actor's posts are read once
    one = cost()
    for _ in range(3):
        factories.policy(cast.county, actor=cast.county_officer)
    tasks.index_words()
    assert cost() == one


# --- Who may


def test_drafts_are_for_who_looks_after_them(cast: Cast) -> None:
    draft = factories.draft(cast.union, actor=cast.officer)
    form = factories.paper(draft, actor=cast.officer)
    for actor in (cast.officer, cast.township_officer):
        assert permissions.get_managed(actor, draft.pk, permissions.PUBLISH) == draft
        assert permissions.get_form(actor, form.pk) == form
        assert permissions.get_readable(actor, draft.pk) == draft
    for actor in (cast.member, cast.neighbour_officer, cast.neighbour_member, cast.retired_officer):
        for get in (permissions.get_policy, permissions.get_readable):
            with pytest.raises(Http404):
                get(actor, draft.pk)
        with pytest.raises(Http404):
            permissions.get_managed(actor, draft.pk, permissions.VIEW)
        with pytest.raises(Http404):
            permissions.get_form(actor, form.pk)
        with pytest.raises(Http404):
            permissions.get_publisher(actor, cast.union.pk)
    assert not permissions.manages(cast.member)
    assert list(permissions.publishers(cast.township_officer)) == [cast.township]
