"""Complaints. Every address is confidential: no log line, no cache, no Referer."""

from django.urls import path

from huigong.core.confidential import confidential
from huigong.services.complaints.views import anonymous, author, desk, letters, orders

app_name = "complaints"
_ROUTES = [
    ("", author.index, "index", {}),
    ("start", anonymous.start, "start", {}),
    ("anonymous", anonymous.lodge, "lodge-anonymously", {}),
    ("receipt", anonymous.receipt, "receipt", {}),
    ("lodge", author.lodge, "lodge", {}),
    ("mine/<uuid:case_uuid>/", author.detail, "case", {}),
    ("mine/<uuid:case_uuid>/sent", author.sent, "sent", {}),
    ("mine/<uuid:case_uuid>/evidence/<int:position>", author.evidence, "evidence", {}),
    *(
        (f"mine/<uuid:case_uuid>/{verb}", author.act, f"author-{verb}", {"verb": verb})
        for verb in anonymous.ACTS
    ),
    ("desk/", desk.index, "desk", {}),
    ("desk/figures", desk.figures, "figures", {}),
    ("desk/readings", desk.readings, "readings", {}),
    ("desk/orders", orders.orders, "orders", {}),
    ("desk/orders/results", orders.results, "order-results", {}),
    ("desk/<uuid:case_uuid>/", desk.detail, "desk-case", {}),
    ("desk/<uuid:case_uuid>/evidence/<int:position>", desk.evidence, "desk-evidence", {}),
    ("desk/<uuid:case_uuid>/identity", desk.identity, "identity", {}),
    ("desk/<uuid:case_uuid>/assign", desk.assign, "assign", {}),
    ("desk/<uuid:case_uuid>/letters/new", letters.new, "letter-new", {}),
    ("desk/<uuid:case_uuid>/letters/<uuid:letter_uuid>/", letters.detail, "letter", {}),
    ("desk/<uuid:case_uuid>/letters/<uuid:letter_uuid>/edit", letters.edit, "letter-edit", {}),
    ("desk/<uuid:case_uuid>/letters/<uuid:letter_uuid>/paper", letters.paper, "letter-paper", {}),
    *(
        (
            f"desk/<uuid:case_uuid>/letters/<uuid:letter_uuid>/{verb}",
            letters.act,
            f"letter-{verb}",
            {"verb": verb},
        )
        for verb in letters.ACTS
    ),
    *((f"desk/<uuid:case_uuid>/{verb}", desk.act, verb, {"verb": verb}) for verb in desk.ACTS),
]
urlpatterns = [path(route, confidential(view), given, name=name) for route, view, name, given in _ROUTES]
