"""Every address of the site. What may be opened without login says so at its view."""

from django.conf import settings
from django.urls import include, path

from huigong.config.api import api
from huigong.config.docs import api_docs

handler400 = "huigong.core.errors.bad_request"
handler403 = "huigong.core.errors.permission_denied"
handler404 = "huigong.core.errors.not_found"
handler500 = "huigong.core.errors.server_error"

urlpatterns = [
    path("", include("huigong.faces.portal.urls")),
    path("", include("huigong.core.urls")),
    path("", include("huigong.people.accounts.urls")),
    path("unions/", include("huigong.people.orgs.urls")),
    path("membership/", include("huigong.people.membership.urls")),
    path("inbox/", include("huigong.people.inbox.urls")),
    path("notices/", include("huigong.services.notices.urls")),
    path("policies/", include("huigong.services.policies.urls")),
    path("complaints/", include("huigong.services.complaints.urls")),
    path("conversations/", include("huigong.services.conversations.urls")),
    path("funds/", include("huigong.services.funds.urls")),
    path("news/", include("huigong.services.news.urls")),
    path("activities/", include("huigong.services.activities.urls")),
    path("workbench/", include("huigong.faces.workbench.urls")),
    path("api/v1/docs", api_docs, name="api-docs"),
    path("api/v1/", api.urls),
]
if settings.DEMO or settings.TESTING:
    urlpatterns.append(path("demo/", include("huigong.demo.urls")))
