"""What is done with an article as a whole: handed in, passed, returned, taken back, copied, thrown away."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from huigong.core.answers import lead_on
from huigong.core.errors import Refused
from huigong.services.news import operations, permissions
from huigong.services.news.forms import ReasonForm
from huigong.services.news.models import Article

_AFTER = {"reviewing": "已通过，送下一环节", "scheduled": "已通过，到时自动发布"}


@require_POST
def submit(request: HttpRequest, article_id: int) -> HttpResponse:
    """Hand it in for review."""
    article = permissions.get_managed(request.user, article_id, permissions.EDIT)
    operations.submit(article, actor=request.user)
    return _done(request, article, "已送审" if article.state == Article.State.REVIEWING else "已发布")


@require_POST
def call_back(request: HttpRequest, article_id: int) -> HttpResponse:
    """Take it back to the desk."""
    article = permissions.get_managed(request.user, article_id, permissions.EDIT)
    operations.call_back(article, actor=request.user)
    return _done(request, article, "已收回到草稿")


@require_POST
def approve(request: HttpRequest, article_id: int) -> HttpResponse:
    """Pass the review that comes next."""
    article = permissions.get_managed(request.user, article_id, permissions.REVIEW)
    operations.approve(article, actor=request.user, remark=request.POST.get("remark", ""))
    return _done(request, article, _AFTER.get(article.state, "已通过并发布"))


@require_POST
def return_article(request: HttpRequest, article_id: int) -> HttpResponse:
    """Send it back with a reason."""
    article = permissions.get_managed(request.user, article_id, permissions.REVIEW)
    operations.return_article(article, actor=request.user, reason=request.POST.get("reason", ""))
    return _done(request, article, "已退回，作者会收到消息")


@require_POST
def withdraw(request: HttpRequest, article_id: int) -> HttpResponse:
    """Take a published one back."""
    article = permissions.get_managed(request.user, article_id, permissions.WITHDRAW)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused("请写明撤回的原因，至少两个字，不超过 120 字。", "no-reason", status=422)
    operations.withdraw(article, actor=request.user, reason=form.cleaned_data["reason"])
    return _done(request, article, "已撤回，读者看不到这篇文章了")


@require_POST
def copy(request: HttpRequest, article_id: int) -> HttpResponse:
    """A new draft like this one."""
    article = permissions.get_managed(request.user, article_id, permissions.EDIT)
    made = operations.copy(article, actor=request.user)
    return lead_on(request, reverse("news:edit", args=[made.pk]), "已复制为草稿，附件要重新添加")


@require_POST
def discard(request: HttpRequest, article_id: int) -> HttpResponse:
    """Throw a draft away."""
    article = permissions.get_managed(request.user, article_id, permissions.EDIT)
    operations.discard(article, actor=request.user)
    return lead_on(request, reverse("news:manage-index"), "草稿已删除")


def _done(request: HttpRequest, article: Article, said: str) -> HttpResponse:
    return lead_on(request, reverse("news:manage", args=[article.pk]), said)


ACTS: dict[str, Callable[..., HttpResponse]] = {
    "submit": submit,
    "call-back": call_back,
    "approve": approve,
    "return": return_article,
    "withdraw": withdraw,
    "copy": copy,
    "discard": discard,
}
"""The addresses below an article's desk that do something, by verb."""
