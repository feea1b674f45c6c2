"""The rules of the house that import-linter cannot say: doors, thin entry points, settings, jobs, templates."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

HOUSE = Path(__file__).resolve().parents[1] / "huigong"
GROUPS = ("people", "resources", "services", "faces")
DOORS = {"operations", "queries", "permissions", "events"}
THIN = {"views", "api", "admin", "tasks", "receivers"}
WRITES = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create", "atomic"}


def module_of(dotted: str) -> str | None:
    """people.orgs for huigong.people.orgs.queries; None for what lies outside the modules."""
    parts = dotted.split(".")
    return ".".join(parts[1:3]) if len(parts) > 2 and parts[1] in GROUPS else None


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("huigong", exclude_type_checking_imports=True)


def sources(*names: str) -> Iterator[Path]:
    """Python files of modules whose file or package has one of `names`, tests and migrations left out."""
    for path in sorted(HOUSE.rglob("*.py")):
        parts = path.relative_to(HOUSE).parts
        if "tests" in parts or "migrations" in parts:
            continue
        if not names or path.stem in names or set(parts) & set(names):
            yield path


def test_modules_enter_each_other_by_the_four_doors_only() -> None:
    wrong = []
    for importer in graph().modules:
        for imported in graph().find_modules_directly_imported_by(importer):
            home, foreign = module_of(importer), module_of(imported)
            if (
                foreign is None
                or home == foreign
                or ".tests" in importer
                or importer.startswith("huigong.demo")
            ):
                continue
            tail = imported.split(".")[3:4]
            if importer.startswith("huigong.config") and tail in (["api"], ["urls"]):
                continue
            if tail == ["forms"] and "forms" in importer.split("."):
                continue  # a form may hold a lower module's form; nothing else may
            if tail and tail[0] not in DOORS:
                wrong.append(f"{importer} imports {imported}")
    assert wrong == []


def _calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, name) of every attribute that is used; decorators such as ``@router.delete`` are no use."""
    decorators = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        for inner in ast.walk(decorator)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in decorators:
            yield node.lineno, node.attr


@pytest.mark.parametrize(
    "path", list(sources(*THIN, "management")), ids=lambda path: str(path.relative_to(HOUSE))
)
def test_entry_points_write_and_query_nothing_themselves(path: Path) -> None:
    if path.parts[-2:] == ("core", "tasks.py"):
        pytest.skip("jobs of the queue itself")
    tree = ast.parse(path.read_text())
    wrong = [f"{line}: .{name}" for line, name in _calls(tree) if name in WRITES | {"objects"}]
    allowed = {"core/admin.py"}
    assert str(path.relative_to(HOUSE)) in allowed or wrong == []


def test_settings_are_read_in_core_config_and_named_accessors_only() -> None:
    allowed = ("core", "config", "cli", "demo")
    accessors = {
        "people/accounts/views.py",
        "people/accounts/queries/codes.py",
        "services/complaints/queries/terms.py",
        "services/conversations/queries/threads.py",
    }
    wrong = [
        str(path.relative_to(HOUSE))
        for path in sources()
        if path.relative_to(HOUSE).parts[0] not in allowed
        and str(path.relative_to(HOUSE)) not in accessors
        and re.search(r"^from django\.conf import settings", path.read_text(), re.MULTILINE)
    ]
    assert wrong == []


_DEFERS = re.compile(r"\.defer\((?!\")")
"""A job's own `defer`; a queryset's is told the names of fields."""


def test_jobs_are_enqueued_through_core_only() -> None:
    wrong = [str(path) for path in sources() if _DEFERS.search(path.read_text()) and path.name != "jobs.py"]
    assert wrong == []


def test_nobody_reaches_for_models_by_name() -> None:
    assert [str(path) for path in sources() if "get_model(" in path.read_text()] == []


def test_no_model_signals_are_used() -> None:
    pattern = re.compile(r"\b(post_save|pre_save|post_delete|pre_delete|m2m_changed)\b")
    wrong = [
        str(path) for path in sources() if pattern.search(path.read_text().replace("field.pre_save(", ""))
    ]
    assert wrong == []


def test_sql_is_never_put_together_from_values() -> None:
    """No f-string, %, + or format in what is given to a cursor: values are parameters."""
    wrong = [
        f"{path.relative_to(HOUSE)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if _is_execute(node) and node.args and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert [line for line in wrong if not line.startswith("cli/")] == []


def _is_execute(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "execute"


@pytest.mark.parametrize(
    "pattern", [r"<script(?![^>]*\ssrc=)[^>]*>", r"\sstyle=", r"\son[a-z]+=", r"javascript:"]
)
def test_members_pages_hold_no_inline_script_or_style(pattern: str) -> None:
    pages = [path for path in HOUSE.rglob("*.html") if "jinja2" in path.parts]
    assert len(pages) > 20
    assert [str(path) for path in pages if re.search(pattern, path.read_text())] == []


def test_pages_load_nothing_from_another_host() -> None:
    pattern = re.compile(r"""(?:src|href|url\()=?["'(]?(?:https?:)?//(?!www\.w3\.org)""")
    files = [*HOUSE.rglob("*.html"), *HOUSE.rglob("*.css"), *HOUSE.rglob("*.js")]
    assert [str(path) for path in files if pattern.search(path.read_text())] == []


def test_public_operations_say_what_they_promise() -> None:
    wrong = [
        f"{path.relative_to(HOUSE)}:{node.name}"
        for path in sources("operations")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert wrong == []


def test_migrations_import_nothing_of_the_project_but_fields() -> None:
    wrong = [
        f"{path.relative_to(HOUSE)}: {line.strip()}"
        for path in HOUSE.rglob("migrations/*.py")
        for line in path.read_text().splitlines()
        if re.match(r"\s*(from|import) huigong", line)
    ]
    assert wrong == []
