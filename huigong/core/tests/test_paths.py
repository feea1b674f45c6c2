"""Subtrees by the path that stands in the statement."""

import pytest

from huigong.core.models import AuditRow

pytestmark = pytest.mark.django_db


def test_a_subtree_does_not_take_its_neighbour_with_a_longer_number() -> None:
    for path in ("1.2.", "1.2.7.", "1.20.", "1."):
        AuditRow.objects.create(action="test:row:make", actor_name="测试", org_path=path)
    within = AuditRow.objects.filter(org_path__within="1.2.").order_by("org_path")
    assert list(within.values_list("org_path", flat=True)) == ["1.2.", "1.2.7."]


@pytest.mark.parametrize("words", ["", "1", "%", "1.%", "1.'; DROP TABLE x --", "1.2.\n", "０.", "1..2."])
def test_nothing_but_a_path_gets_into_the_statement(words: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        list(AuditRow.objects.filter(org_path__within=words))
