"""Invented people and union sizes: plausible, distinct, the same each time."""

from random import Random

from huigong.core import identity
from huigong.demo.county.roll import union_sizes
from huigong.demo.crowd import BLOCK, Crowd


def test_union_sizes_are_log_normal_and_add_up() -> None:
    sizes = union_sizes(308, 27_700, Random(1))
    assert sum(sizes) == 27_700
    assert 30 <= sorted(sizes)[154] <= 45
    assert sum(sorted(sizes)[-15:]) / 27_700 > 0.25, "the top 5 % hold a third of the members"


def test_crowd_is_the_same_for_the_same_seed() -> None:
    first, second = ([Crowd(Random(7)).somebody(serial) for serial in range(1, 50)] for _ in range(2))
    assert first == second


def test_crowd_has_valid_numbers_of_its_own() -> None:
    crowd = Crowd(Random(7))
    people = [crowd.somebody(serial) for serial in [*range(1, 3000), *range(BLOCK, BLOCK + 3000)]]
    assert len({person.id_number for person in people}) == len(people)
    assert len({person.phone for person in people}) == len(people)
    for person in people:
        document = identity.parse_document(person.document_kind, person.id_number)
        assert document.born_on in (None, person.born_on)
        assert document.sex in (None, person.sex)
        assert identity.normalise_phone(person.phone) == person.phone
        assert identity.parse_name(person.name) == person.name


def test_crowd_is_as_mixed_as_a_county() -> None:
    crowd = Crowd(Random(7))
    people = [crowd.somebody(serial) for serial in range(1, 6000)]
    women = sum(person.sex == identity.Sex.FEMALE for person in people) / len(people)
    foreign = sum(person.document_kind != identity.DocumentKind.RESIDENT_ID for person in people) / len(
        people
    )
    names = [person.name for person in people]
    namesakes = sum(names.count(name) > 1 for name in names[:1500]) / 1500
    assert 0.36 < women < 0.42
    assert 0.015 < foreign < 0.025
    assert namesakes > 0.08
