"""The answers that help saying whom something is for."""

from django.test import Client
from django.urls import reverse

from huigong.people.membership.tests import factories
from tests.cast import Cast


def test_the_count_previews_the_audience_within_reach_only(client: Client, cast: Cast) -> None:
    factories.member_account(cast.union, sex="2")
    client.force_login(cast.township_officer)

    def count(union, **query: object) -> str:
        return client.get(reverse("membership:audience-count", args=[union.pk]), query).content.decode()

    assert "2 名会员" in count(cast.township)
    assert "1 名会员" in count(cast.township, **{"a-sex": "2"})
    assert "请先改好" in count(cast.township, **{"a-min_age": "99", "a-max_age": "20"})
    url = reverse("membership:audience-count", args=[cast.county.pk])
    assert client.get(url).status_code == 404


def test_the_picker_finds_unions_below_and_keeps_the_ticked_ones(client: Client, cast: Cast) -> None:
    client.force_login(cast.county_officer)
    url = reverse("membership:audience-unions", args=[cast.county.pk])
    start = client.get(url).content.decode()
    assert cast.township.name in start
    assert cast.union.name not in start
    found = client.get(url, {"find": "石雕", "a-union_ids": cast.neighbour.pk}).content.decode()
    assert cast.union.name in found
    assert f'value="{cast.neighbour.pk}" checked' in found
    client.force_login(cast.officer)
    assert client.get(url).status_code == 404
