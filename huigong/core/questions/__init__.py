"""Questions that a cadre puts together: a schema, a form, checked answers, columns of a spreadsheet.

A schema is a list in JSON, one object per question::

    {"id": "size", "kind": "single", "label": "衣服尺码", "required": true, "why": "用来订文化衫",
     "help": "", "options": ["S", "M", "L"], "min": null, "max": null}

Only `id`, `kind` and `label` must be there. Kinds: text, long_text, single, multiple, number, date, yes_no,
phone, id_number, files.

For forms that are reviewed there are also `section` (a heading begins here), `private` (kept encrypted), and
`only_if`: {"id": "q1", "answers": ["是"]} asks only those who answered so before.
"""

from huigong.core.questions.question import Condition, Kind, Question, SchemaInvalid
from huigong.core.questions.schema import AnswerColumn, AnswersInvalid, Questions, parse_schema

__all__ = [
    "AnswerColumn",
    "AnswersInvalid",
    "Condition",
    "Kind",
    "Question",
    "Questions",
    "SchemaInvalid",
    "parse_schema",
]
