"""Refusals, and the pages people see when something goes wrong."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

SENTENCES = {
    400: "提交的内容有误，请返回检查后重试。",
    403: "您没有权限进行这项操作。如有疑问，请联系您所在的工会。",
    404: "没有找到您要看的内容，它可能已被移走或撤回。",
    413: "提交的内容太大，请压缩或分几次提交。",
    409: "情况已经变化，这项操作现在不能完成。",
    429: "操作太频繁了，请稍后再试。",
    500: "系统出了点问题，我们已经记录下来。请稍后再试。",
    503: "系统正忙，请稍后再试。",
}


class Refused(Exception):
    """An operation that may not happen now.

    `sentence` is shown to the person as it stands: Chinese, short, saying what to do next.
    `code` is stable and for programs ("full", "closed", …). `status` is the HTTP status: 409 when the
    state of things forbids it, 403 when this person never may, 422 when the input is at fault,
    429 when it comes too often.
    """

    def __init__(self, sentence: str, code: str, *, status: int = 409) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.status = status


def error_page(request: HttpRequest, status: int, sentence: str | None = None) -> HttpResponse:
    """One page for every error: a number, a sentence, and an id that finds the log lines. The API's is JSON."""
    if request.path.startswith("/api/"):
        body = {
            "code": f"http-{status}",
            "detail": sentence or SENTENCES.get(status, SENTENCES[500]),
            "fields": [],
        }
        return JsonResponse(body, status=status)
    context = {
        "status": status,
        "sentence": sentence or SENTENCES.get(status, SENTENCES[500]),
        "error_id": getattr(request, "id", ""),
    }
    response = render(request, "core/error.html", context, status=status, using="jinja2")
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, 403, "页面停留太久或已在别处退出，请返回后刷新页面再试。")
