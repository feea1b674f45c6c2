"""The API's documentation as a page of our own: drawn from the schema, asks nothing from outside, runs no script."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from huigong.config.api import api

METHODS = ("get", "post", "put", "patch", "delete")


@login_not_required
@require_GET
def api_docs(request: HttpRequest) -> HttpResponse:
    """Every endpoint: what it takes, what it answers, and when it refuses."""
    schema = api.get_openapi_schema()
    endpoints = [
        _endpoint(schema, path, method, operation)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    ]
    context = {
        "title": schema["info"]["title"],
        "about": schema["info"]["description"],
        "endpoints": endpoints,
    }
    return render(request, "core/api.html", context, using="jinja2")


def _endpoint(schema: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return {
        "method": method.upper(),
        "path": path,
        "about": operation.get("description", operation.get("summary", "")),
        "needs_token": bool(operation.get("security")),
        "parameters": [
            (parameter["name"], parameter["in"], _kind(parameter["schema"]))
            for parameter in operation.get("parameters", [])
        ],
        "body": _fields(schema, body) if body else [],
        "answers": [
            (status, answer.get("description", ""), _fields(schema, _json(answer)))
            for status, answer in operation["responses"].items()
        ],
    }


def _json(answer: dict[str, Any]) -> dict[str, Any] | None:
    return answer.get("content", {}).get("application/json", {}).get("schema")


def _fields(schema: dict[str, Any], described: dict[str, Any] | None) -> list[tuple[str, str]]:
    """(name, kind) of every field of an object, or of the objects in a list."""
    if not described:
        return []
    described = described.get("items", described)
    reference = described.get("$ref", "")
    described = schema["components"]["schemas"][reference.rsplit("/", 1)[-1]] if reference else described
    return [(name, _kind(field)) for name, field in described.get("properties", {}).items()]


def _kind(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " | ".join(_kind(option) for option in field["anyOf"])
    if "$ref" in field:
        return field["$ref"].rsplit("/", 1)[-1]
    if field.get("type") == "array":
        return f"[{_kind(field.get('items', {}))}]"
    return field.get("type", "any")
