"""Papers that go with an application: made anew, sealed, no more than were asked for."""

import io

import pytest

from huigong.core import files
from huigong.core.errors import Refused
from huigong.core.models import StoredFile
from huigong.services.policies import operations
from huigong.services.policies.models import Application, Evidence
from huigong.services.policies.tests import factories
from huigong.services.policies.tests.applicants import consented
from tests.cast import Cast

State = Application.State


def test_papers_are_made_anew_and_sealed(cast: Cast) -> None:
    upload = io.BytesIO(factories.photo().getvalue() + b"<script>evil</script>")
    piece = operations.add_evidence(consented(cast), "papers", upload, name="../诊断.php", actor=cast.member)
    assert piece.content_type.startswith("image/")
    assert piece.file.name.startswith("诊断.")
    assert not piece.file.name.endswith("php")
    assert b"evil" not in files.unsealed(piece.file)
    kept = files._path(piece.file.uuid).read_bytes()
    assert not kept.startswith((b"\xff\xd8", b"\x89PNG"))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg"),
        (b"<html><script>alert(1)</script>", "a.jpg"),
        (b"MZ\x90\x00", "a.pdf"),
        (b"%PDF-1.7 /JavaScript (app.alert(1))", "a.pdf"),
        (b"PK\x03\x04 not a zip", "a.docx"),
        (b"", "a.png"),
        (b"GIF89a", "a.gif"),
    ],
)
def test_hostile_papers_are_refused_and_nothing_is_kept(cast: Cast, content: bytes, name: str) -> None:
    application = consented(cast)
    with pytest.raises(Refused) as refused:
        operations.add_evidence(application, "papers", io.BytesIO(content), name=name, actor=cast.member)
    assert refused.value.code == "bad-file"
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.exists()


def test_papers_are_no_more_than_the_question_takes_and_only_where_asked(cast: Cast) -> None:
    application = consented(cast)
    for _ in range(2):
        operations.add_evidence(application, "papers", factories.photo(), name="a.jpg", actor=cast.member)
    for question, code in (("papers", "too-many"), ("family", "not-asked"), ("nothing", "not-asked")):
        with pytest.raises(Refused) as refused:
            operations.add_evidence(application, question, factories.photo(), name="a.jpg", actor=cast.member)
        assert refused.value.code == code
    piece = application.evidence.first()
    assert piece is not None
    path = files._path(piece.file.uuid)
    operations.remove_evidence(piece, actor=cast.member)
    assert application.evidence.count() == 1
    assert path.exists()  # until the transaction commits
