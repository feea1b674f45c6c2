"""How the county came onto the platform: its unions, their officers, the rolls, and who claimed their record."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from huigong.core.audit import SYSTEM
from huigong.core.identity import credit_check_character
from huigong.demo.crowd import Somebody, details
from huigong.demo.seeds import words
from huigong.demo.story.clock import Story
from huigong.demo.story.stage import Role, Stage, cast, trade_of
from huigong.demo.trades import Registry, trades
from huigong.people.accounts.models import Account
from huigong.people.membership import operations as membership
from huigong.people.orgs import operations as orgs
from huigong.people.orgs.models import Post, Union

GO_LIVE = -395
"""So many days ago the platform was opened."""
_WAVES = 8
_USERS = 0.45
"""So many of a roll claim their record."""


def founding(stage: Stage) -> Story:
    """The tree, its officers and the imported rolls; all of it on one day."""
    yield stage.clock.at(GO_LIVE, "09:00")
    _found_federations(stage)
    for row in words("unions")["unions"]:
        _found_union(stage, row)
    yield stage.clock.at(GO_LIVE, "15:00")
    for row in words("unions")["unions"]:
        _import_roll(stage, row)
    yield stage.clock.at(GO_LIVE + 1, "09:30")
    for row in words("unions")["unions"]:
        _install_officers(stage, row["key"])
    _install_cast(stage)


def _found_federations(stage: Stage) -> None:
    towns = words("towns")
    county = orgs.create_union(
        f"{towns['county']}总工会",
        level=Union.Level.COUNTY,
        kind=Union.Kind.FEDERATION,
        parent=None,
        actor=SYSTEM,
        short_name="县总工会",
        region_code=towns["region_code"],
        address="螺城镇中山南路",
        contact_phone=_office_phone(stage),
    )
    stage.unions["county"] = county
    for name in towns["towns"]:
        stage.unions[name] = orgs.create_union(
            f"{name}总工会",
            level=Union.Level.TOWNSHIP,
            kind=Union.Kind.TOWNSHIP,
            parent=county,
            actor=SYSTEM,
            short_name=f"{name}总工会",
            address=name,
            contact_phone=_office_phone(stage),
        )
    for name in towns["systems"]:
        stage.unions[name] = orgs.create_union(
            f"{towns['county']}{name}工会",
            level=Union.Level.TOWNSHIP,
            kind=Union.Kind.INDUSTRY,
            parent=county,
            actor=SYSTEM,
            short_name=f"{name}工会",
            contact_phone=_office_phone(stage),
        )


def _office_phone(stage: Stage) -> str:
    """A number that no exchange gives out: local ones never begin with 0."""
    return f"0595-000 {101 + len(stage.unions):04}"


def _found_union(stage: Stage, row: dict[str, Any]) -> None:
    founded_on = stage.clock.at(GO_LIVE - stage.rng.randint(200, 4000)).date()
    second = row.get("second_parent")
    union = orgs.create_union(
        row["name"],
        level=Union.Level.GRASSROOTS,
        kind=row["kind"],
        parent=stage.unions[row["parent"]],
        actor=SYSTEM,
        short_name=row["short_name"],
        unit_name=_unit_name(row),
        unit_uscc="" if row["kind"] == "joint" else credit_code(len(stage.unions)),
        ownership=trade_of(row).ownership,
        industry=row["trade"],
        address=row["address"],
        contact_phone=_office_phone(stage),
        worker_count=round(row["members"] * 1.3),
        founded_on=founded_on,
        elected_on=max(founded_on, stage.clock.at(GO_LIVE - 300).date()),
        term_number=1 + (stage.clock.today - founded_on).days // 1826,
    )
    if second:
        orgs.set_second_parent(union, stage.unions[second], actor=SYSTEM)
    if row.get("covers"):
        orgs.set_covered_units(union, _covered(stage, row), actor=SYSTEM)
    stage.unions[row["key"]] = union


def _unit_name(row: dict[str, Any]) -> str:
    return row["name"].removesuffix("工会").removesuffix("联合").removesuffix("行业")


def _covered(stage: Stage, row: dict[str, Any]) -> list[tuple[str, str]]:
    registry = Registry(stage.rng)
    small = [trade for trade in trades().values() if trade.ownership == "private"]
    return [(registry.employer(stage.rng.choice(small)).name, "") for _ in range(row["covers"])]


def credit_code(number: int) -> str:
    """A 统一社会信用代码 that passes its check, in a region that was never given out."""
    body = f"91350599MA{number:07d}"
    return body + credit_check_character(body)


def _import_roll(stage: Stage, row: dict[str, Any]) -> None:
    trade = trade_of(row)
    named = [role for role in cast() if role.union == row["key"]]
    for place in range(row["members"]):
        role = named[place] if place < len(named) else None
        somebody = stage.somebody(role)
        fields = membership.PersonFields(
            name=somebody.name,
            id_number=somebody.id_number,
            document_kind=somebody.document_kind,
            sex=somebody.sex,
            born_on=somebody.born_on,
            phone=somebody.phone,
            work_form=row.get("form", trade.form),
            skill=stage.rng.choice("12345") if stage.rng.random() < 0.15 else "",
            **details(somebody.id_number),
            is_migrant=stage.rng.random() < 0.35,
            is_model_worker=row["key"] == "carving" and place == 5,
            unit_name=_unit_name(row),
            job_title=stage.rng.choice(trade.jobs),
        )
        joined_on = _joined_on(stage, somebody)
        membership.enrol(stage.unions[row["key"]], fields=fields, joined_on=joined_on, actor=SYSTEM)
        stage.rolls[row["key"]].append(somebody)


def _joined_on(stage: Stage, somebody: Somebody) -> date:
    """Some years ago, but not as a child."""
    of_age = somebody.born_on + timedelta(days=18 * 366)
    latest = stage.clock.at(GO_LIVE - 10).date()
    return max(min(of_age, latest), latest - timedelta(days=stage.rng.randint(0, 3000)))


def _install_officers(stage: Stage, key: str) -> None:
    """The first of the roll is the chair, unless one of the cast is; the bigger unions have a cadre too."""
    roles = [role for role in cast() if role.union == key]
    chair = next((role for role in roles if role.post), None)
    for role, somebody in zip(roles, stage.rolls[key], strict=False):
        _enter(stage, key, somebody, role=role.role)
    officer = stage.accounts[chair.role] if chair else _enter(stage, key, stage.rolls[key][0])
    stage.accounts[f"{key}.chair"] = officer
    _appoint(stage, officer, key, Post.Role.CHAIR, "主席", ends=stage.rng.randint(300, 1200))
    if len(stage.rolls[key]) > 18:
        cadre = stage.accounts[f"{key}.cadre"] = _enter(stage, key, stage.rolls[key][len(roles) + 1])
        ends = 17 if key == "seafood" else stage.rng.randint(200, 1200)
        _appoint(stage, cadre, key, Post.Role.CADRE, "委员", ends=ends)
    if key == "carving":
        leader = _enter(stage, key, stage.rolls[key][len(roles) + 2])
        _appoint(stage, leader, key, Post.Role.GROUP_LEADER, "雕刻车间工会小组长", ends=700)


def _enter(stage: Stage, key: str, somebody: Somebody, *, role: str = "") -> Account:
    """Open an account for somebody on the roll, who claims their record with it."""
    account = stage.open_account(somebody, role=role)
    stage.claim(account, somebody)
    stage.active[key].append(account)
    stage.users.add(somebody)
    return account


def _appoint(stage: Stage, account: Account, key: str, role: str, title: str, *, ends: int) -> None:
    orgs.appoint(
        account,
        union=stage.unions[key],
        role=role,
        title=title,
        starts_on=stage.clock.today + timedelta(days=ends - 1800),
        ends_on=stage.clock.today + timedelta(days=ends),
        actor=SYSTEM,
    )


def _install_cast(stage: Stage) -> None:
    """Everybody else whom visitors log in as, and an officer for every other office."""
    for role in cast():
        if role.role not in stage.accounts:
            _install(stage, role)
    for key, title, post in _other_offices():
        if f"{key}.{post}" not in stage.accounts:
            somebody = stage.somebody()
            account = stage.open_account(somebody, named=True)
            stage.accounts[f"{key}.{post}"] = account
            _appoint(stage, account, key, post, title, ends=stage.rng.randint(300, 1200))


def _install(stage: Stage, role: Role) -> None:
    somebody = stage.somebody(role)
    account = stage.open_account(somebody, role=role.role, named=bool(role.office or role.partner))
    if role.office:
        stage.accounts[f"{role.office}.{role.post}"] = account
        _appoint(stage, account, role.office, role.post, role.title, ends=900)


def _other_offices() -> Iterable[tuple[str, str, str]]:
    yield "county", "主席", Post.Role.CHAIR
    yield "county", "信息编辑", Post.Role.EDITOR
    for name in (*words("towns")["towns"], *words("towns")["systems"]):
        yield name, "主席", Post.Role.CHAIR


def claims(stage: Stage) -> Story:
    """In the weeks after, most of the others claim their records too."""
    yield stage.clock.at(GO_LIVE + 4, "20:15")
    waiting = [
        (key, somebody)
        for key, people in stage.rolls.items()
        for somebody in people
        if somebody not in stage.users and stage.rng.random() < _USERS
    ]
    stage.rng.shuffle(waiting)
    for wave in range(_WAVES):
        for key, somebody in waiting[wave::_WAVES]:
            _enter(stage, key, somebody)
        yield stage.clock.at(GO_LIVE + 10 + wave * 6, "20:15")


def retirement(stage: Stage) -> Story:
    """One officer whose term is over and not renewed; another whose own ends soon was told so."""
    yield stage.clock.at(-200, "11:00")
    account = stage.active["building"][-1]
    _appoint(stage, account, "building", Post.Role.CADRE, "女职工委员", ends=-40)
    yield stage.clock.at(-39, "01:10")
    orgs.expire_posts()
    yield stage.clock.at(-13, "01:10")
    orgs.remind_of_term_ends()
