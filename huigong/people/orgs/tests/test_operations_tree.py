"""Adding, editing, moving and dissolving unions."""

import threading
from contextlib import contextmanager
from unittest import mock

import pytest
from django.db import connection, transaction

from huigong.core import verify
from huigong.core.audit import SYSTEM
from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.people.inbox.models import Message
from huigong.people.orgs import events, operations, permissions, queries
from huigong.people.orgs.models import Post, Union
from huigong.people.orgs.operations import tree
from huigong.people.orgs.tests import factories as orgs
from tests.cast import Cast, make_cast

GOOD_CODE = "91350521MA2XN0KQ7T"


def broken() -> list[str]:
    return [finding.name for finding in verify.run() if finding.name.startswith("orgs") and not finding.ok]


def refusal(run) -> Refused:
    with pytest.raises(Refused) as caught:
        run()
    return caught.value


# --- Moving


def test_move_union_takes_the_whole_subtree_along(cast: Cast) -> None:
    group = operations.create_union(
        "一车间小组", level=Union.Level.GROUP, kind=Union.Kind.GROUP, parent=cast.union, actor=SYSTEM
    )
    operations.move_union(
        cast.union, parent=cast.neighbour_township, actor=cast.county_officer, reason="区划调整"
    )
    group.refresh_from_db()
    assert cast.union.parent == cast.neighbour_township
    assert cast.union.path == f"{cast.neighbour_township.path}{cast.union.pk}."
    assert group.path == f"{cast.union.path}{group.pk}."
    assert broken() == []


def test_move_union_shifts_who_may_see_it(cast: Cast) -> None:
    assert cast.union in permissions.visible_to(cast.township_officer)
    operations.move_union(
        cast.union, parent=cast.neighbour_township, actor=cast.county_officer, reason="区划调整"
    )
    assert cast.union not in permissions.visible_to(cast.township_officer)
    assert cast.union in permissions.visible_to(cast.officer)


def test_move_union_is_audited_announced_and_told(cast: Cast) -> None:
    heard = []

    def listener(sender, **fact):
        heard.append(fact)

    events.org_moved.connect(listener)
    old = cast.union.path
    try:
        operations.move_union(
            cast.union, parent=cast.neighbour_township, actor=cast.county_officer, reason="划转"
        )
    finally:
        events.org_moved.disconnect(listener)
    (fact,) = heard
    assert (fact["union_id"], fact["old_path"], fact["path"]) == (cast.union.pk, old, cast.union.path)
    row = AuditRow.objects.get(action="orgs:union:move")
    assert (row.before, row.after) == (
        {"parent": "螺城镇总工会"},
        {"parent": "崇武镇总工会", "reason": "划转"},
    )
    told = set(Message.objects.filter(title__contains="上级工会已调整").values_list("account_id", flat=True))
    assert {cast.officer.pk, cast.township_officer.pk} <= told


def test_move_union_back_and_forth_leaves_the_neighbours_alone(cast: Cast) -> None:
    before = dict(Union.objects.values_list("pk", "path"))
    operations.move_union(cast.union, parent=cast.neighbour_township, actor=cast.county_officer, reason="试")
    operations.move_union(cast.union, parent=cast.township, actor=cast.county_officer, reason="还原")
    assert dict(Union.objects.values_list("pk", "path")) == before


def test_move_union_into_its_own_subtree_is_refused(cast: Cast) -> None:
    error = refusal(
        lambda: operations.move_union(
            cast.township, parent=cast.union, actor=cast.county_officer, reason="环"
        )
    )
    assert (error.code, error.status) == ("cycle", 409)
    error = refusal(
        lambda: operations.move_union(
            cast.township, parent=cast.township, actor=cast.county_officer, reason="环"
        )
    )
    assert error.code == "cycle"
    assert broken() == []


def test_without_its_guard_a_cycle_is_made_and_found(cast: Cast) -> None:
    with mock.patch.object(tree, "_require_movable"), transaction.atomic():
        operations.move_union(cast.township, parent=cast.union, actor=SYSTEM, reason="环")
        assert broken() != []
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "who", ["township_officer", "officer", "neighbour_officer", "retired_officer", "member"]
)
def test_move_union_by_who_is_not_in_charge_of_both_places_is_refused(who: str, cast: Cast) -> None:
    path = cast.union.path
    error = refusal(
        lambda: operations.move_union(
            cast.union, parent=cast.neighbour_township, actor=getattr(cast, who), reason="抢"
        )
    )
    assert (error.code, error.status) == ("not-in-charge", 403)
    cast.union.refresh_from_db()
    assert cast.union.path == path


def test_a_township_administrator_moves_nothing_out_of_the_township(cast: Cast) -> None:
    orgs.post(cast.township_officer, cast.township, Post.Role.ADMIN)
    for attribute in ("_posts",):
        cast.township_officer.__dict__.pop(attribute, None)
    error = refusal(
        lambda: operations.move_union(
            cast.union, parent=cast.neighbour_township, actor=cast.township_officer, reason="甩"
        )
    )
    assert error.code == "not-in-charge"


def test_move_union_under_one_that_is_not_above_it_is_refused(cast: Cast) -> None:
    error = refusal(
        lambda: operations.move_union(cast.neighbour_township, parent=cast.union, actor=SYSTEM, reason="倒置")
    )
    assert error.code == "wrong-level"


def test_subtrees_of_1_2_and_1_20_are_never_confused(db: None) -> None:
    """Ids that begin alike, siblings and parents: only the dot at the end keeps them apart."""
    county = orgs.root()
    ids = {}
    for wanted in (52, 520, 5200, 5201):
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('orgs_union', 'id'), %s, false)", [wanted])
        parent = ids[520] if wanted == 5201 else county
        ids[wanted] = orgs.township(parent) if wanted < 5201 else orgs.grassroots(parent)
        assert ids[wanted].pk == wanted
    assert list(queries.below(ids[52])) == [ids[52]]
    assert set(queries.below(ids[520])) == {ids[520], ids[5201]}
    assert list(queries.below(ids[5200])) == [ids[5200]]
    operations.move_union(ids[5201], parent=ids[52], actor=SYSTEM, reason="试")
    assert set(queries.below(ids[52])) == {ids[52], ids[5201]}
    assert list(queries.below(ids[520])) == [ids[520]]
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_while_a_union_moves_no_reader_ever_sees_a_foreign_one() -> None:
    cast = make_cast()
    group = operations.create_union(
        "一车间小组", level=Union.Level.GROUP, kind=Union.Kind.GROUP, parent=cast.union, actor=SYSTEM
    )
    moving = {cast.union.pk, group.pk}
    home = {cast.township.pk} | moving
    other = {cast.neighbour_township.pk, cast.neighbour.pk}
    seen: dict[str, set[frozenset[int]]] = {"township": set(), "neighbour": set(), "own": set()}
    stop = threading.Event()

    def read(name: str, account) -> None:
        while not stop.is_set():
            account.__dict__.pop("_posts", None)
            seen[name].add(frozenset(permissions.visible_to(account).values_list("pk", flat=True)))
        connection.close()

    readers = [
        threading.Thread(target=read, args=("township", cast.township_officer)),
        threading.Thread(target=read, args=("neighbour", cast.neighbour_officer)),
        threading.Thread(target=read, args=("own", cast.officer)),
    ]
    for reader in readers:
        reader.start()
    for round_ in range(30):
        parent = cast.neighbour_township if round_ % 2 == 0 else cast.township
        operations.move_union(cast.union, parent=parent, actor=cast.county_officer, reason="来回")
    stop.set()
    for reader in readers:
        reader.join()
    assert seen["neighbour"] == {frozenset({cast.neighbour.pk})}
    assert seen["township"] <= {frozenset(home), frozenset(home - moving)}
    assert len(seen["township"]) == 2, "the reader looked before and after, or the test proves nothing"
    # The own officer's post names the union by id; a path read just before the move matches nothing, not others.
    assert seen["own"] <= {frozenset(moving), frozenset()}
    assert not other & set().union(*seen["township"])
    assert broken() == []


@contextmanager
def together(*runs):
    """Run each in a thread of its own, all started at once."""
    errors: list[BaseException] = []
    barrier = threading.Barrier(len(runs))

    def run(work) -> None:
        barrier.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 handed to the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    yield errors


def _add_with_a_move_in_between(cast: Cast) -> None:
    """Between the look at the parent's path and the insert, a rival moves the parent (or waits for its turn)."""

    def rival() -> None:
        union = Union.objects.get(pk=cast.union.pk)
        operations.move_union(union, parent=cast.neighbour_township, actor=SYSTEM, reason="抢先")
        connection.close()

    thread = threading.Thread(target=rival)
    next_id = tree._next_id

    def interrupted() -> int:
        thread.start()
        thread.join(timeout=1)
        return next_id()

    with mock.patch.object(tree, "_next_id", interrupted):
        operations.create_union(
            "一车间小组", level=Union.Level.GROUP, kind=Union.Kind.GROUP, parent=cast.union, actor=SYSTEM
        )
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_union_added_while_its_parent_moves_lands_below_it() -> None:
    _add_with_a_move_in_between(make_cast())
    assert Union.objects.get(name="一车间小组").path.startswith(Union.objects.get(name="螺城石雕厂工会").path)
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_of_the_tree_its_path_goes_astray() -> None:
    cast = make_cast()
    with mock.patch.object(tree, "lock_tree"):
        _add_with_a_move_in_between(cast)
    assert broken() == ["orgs: every path is the parent's path and the own id"]


@pytest.mark.django_db(transaction=True)
def test_two_moves_that_would_make_a_circle_together_never_both_happen() -> None:
    cast = make_cast()
    first = orgs.grassroots(cast.township)
    second = orgs.grassroots(cast.township)

    def move(union: Union, parent: Union):
        return lambda: operations.move_union(
            Union.objects.get(pk=union.pk),
            parent=Union.objects.get(pk=parent.pk),
            actor=SYSTEM,
            reason="对调",
        )

    with together(move(first, second), move(second, first)) as errors:
        assert [error.code for error in errors] == ["cycle"]
    assert broken() == []


# --- Editing


def test_edit_union_writes_what_changed_and_nothing_else(cast: Cast) -> None:
    operations.edit_union(cast.union, actor=cast.officer, name="螺城石雕总厂工会", address="中山路1号")
    cast.union.refresh_from_db()
    assert cast.union.initials == "lcsdzcgh"
    row = AuditRow.objects.get(action="orgs:union:edit")
    assert row.before == {"name": "螺城石雕厂工会", "address": ""}
    assert row.after == {"name": "螺城石雕总厂工会", "address": "中山路1号"}
    operations.edit_union(cast.union, actor=cast.officer, address="中山路1号")
    assert AuditRow.objects.filter(action="orgs:union:edit").count() == 1


def test_edit_union_with_everything_told_completes_it(cast: Cast) -> None:
    operations.edit_union(
        cast.union,
        actor=cast.officer,
        unit_name="螺城石雕厂",
        address="中山路1号",
        contact_phone="0595-87330001",
        worker_count=80,
        founded_on="2020-01-01",
        elected_on="2024-01-01",
    )
    assert cast.union.state == Union.State.COMPLETED


def test_edit_union_with_a_wrong_credit_code_is_refused(cast: Cast) -> None:
    error = refusal(lambda: operations.edit_union(cast.union, actor=cast.officer, uscc="91350521MA2XN0KQ70"))
    assert (error.code, error.status) == ("bad-code", 422)


@pytest.mark.parametrize("field", ["state", "path", "parent_id", "level", "id", "source"])
def test_edit_union_takes_no_field_that_is_not_to_edit(field: str, cast: Cast) -> None:
    with pytest.raises(TypeError):
        operations.edit_union(cast.union, actor=SYSTEM, **{field: 1})


def test_set_second_parent_lets_it_see_the_union_but_not_below(cast: Cast) -> None:
    group = operations.create_union(
        "一车间小组", level=Union.Level.GROUP, kind=Union.Kind.GROUP, parent=cast.union, actor=SYSTEM
    )
    operations.set_second_parent(cast.union, cast.neighbour_township, actor=cast.county_officer)
    orgs.post(cast.neighbour_officer, cast.neighbour_township, Post.Role.CADRE)
    visible = set(permissions.visible_to(cast.neighbour_officer).values_list("pk", flat=True))
    assert cast.union.pk in visible
    assert group.pk not in visible


def test_set_second_parent_to_the_leading_one_or_a_child_is_refused(cast: Cast) -> None:
    assert (
        refusal(lambda: operations.set_second_parent(cast.union, cast.township, actor=SYSTEM)).code
        == "same-parent"
    )
    assert (
        refusal(lambda: operations.set_second_parent(cast.township, cast.union, actor=SYSTEM)).code == "cycle"
    )


def test_set_covered_units_replaces_the_list_once(cast: Cast) -> None:
    units = [("甲石材厂", ""), ("乙石材厂", GOOD_CODE)]
    with mock.patch("huigong.core.identity.normalise_credit_code", side_effect=lambda code: code):
        operations.set_covered_units(cast.union, units, actor=cast.officer)
        operations.set_covered_units(cast.union, units, actor=cast.officer)
    assert dict(cast.union.covered_units.values_list("name", "uscc")) == dict(units)
    assert AuditRow.objects.filter(action="orgs:union:cover").count() == 1


# --- Dissolving


def test_dissolve_union_ends_its_offices_and_keeps_its_name(cast: Cast) -> None:
    union = orgs.grassroots(cast.township)
    orgs.post(cast.applicant, union)
    operations.dissolve_union(union, actor=cast.township_officer, reason="企业注销")
    union.refresh_from_db()
    assert union.state == Union.State.DISSOLVED
    cast.applicant.refresh_from_db()
    assert not cast.applicant.is_staff
    assert union not in queries.established()
    assert broken() == []


def test_dissolve_union_with_unions_below_is_refused(cast: Cast) -> None:
    error = refusal(lambda: operations.dissolve_union(cast.township, actor=cast.county_officer, reason="撤"))
    assert error.code == "has-children"


def test_dissolve_union_which_a_listener_still_needs_is_refused(cast: Cast) -> None:
    union = orgs.grassroots(cast.township)

    def listener(sender, **fact):
        raise Refused("还有别的。", "in-use")

    events.org_dissolved.connect(listener)
    try:
        error = refusal(lambda: operations.dissolve_union(union, actor=cast.township_officer, reason="撤"))
    finally:
        events.org_dissolved.disconnect(listener)
    assert error.code == "in-use"
    union.refresh_from_db()
    assert union.is_established


@pytest.mark.parametrize("who", ["officer", "neighbour_officer", "retired_officer", "member"])
def test_dissolve_union_by_who_sits_not_above_is_refused(who: str, cast: Cast) -> None:
    error = refusal(lambda: operations.dissolve_union(cast.union, actor=getattr(cast, who), reason="撤"))
    assert (error.code, error.status) == ("not-above", 403)
