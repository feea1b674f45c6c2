"""What a cadre sees of a sheet before it is read."""

from huigong.people.membership import queries
from huigong.people.membership.tests.sheets import workbook


def test_the_preview_shows_numbers_in_any_writing_by_their_ends_alone() -> None:
    rows = [
        ["姓名", "身份证号", "联系电话"],
        ["林一", "350590198805021234", "13905950001"],
        ["林二", "３５０５９０１９８８０５０２１２３４", "+86 139 0595 0002"],
        ["林三", 350590198805021234.0, "139-0595-0003"],
        ["林四", "'350590198805021234", "１３９０５９５０００４"],
        ["林五", "350590 19880502 1234", 13905950005],
    ]
    sheet = queries.open_roll(workbook(rows))
    shown = queries.preview(sheet, queries.propose_columns(sheet))
    written = " ".join(cell for _, row in shown.rows for cell in row)
    assert "880502" not in written
    assert "0595000" not in written
    assert "５９５" not in written
    assert shown.rows[0][1] == ["林一", "350***********1234", "139****0001"]
    assert shown.rows[2][1][1] == "3.50590E+17"
