"""Every address of the site, as the resolver knows them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

PUBLIC = {
    "complaints:start",
    "complaints:lodge-anonymously",
    "complaints:receipt",
    "portal:home",
    "portal:search",
    "portal:related",
    "portal:services",
    "portal:privacy",
    "core:healthz",
    "core:readyz",
    "core:csp-report",
    "core:file",
    "accounts:login",
    "accounts:send-code",
    "activities:index",
    "activities:detail",
    "activities:draw",
    "activities:draw-sheet",
    "activities:campaign",
    "activities:calendar-feed",
    "membership:join",
    "policies:index",
    "policies:detail",
    "policies:file",
    "policies:form",
    "news:index",
    "news:detail",
    "news:attachment",
}
"""Open without login. A new address needs one, or is named here."""


@dataclass(frozen=True)
class Address:
    """One route: its name with namespaces, the path with ``<name>`` left in, and its parameters."""

    name: str
    route: str
    parameters: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} /{self.route}"

    @property
    def in_workbench(self) -> bool:
        return self.route.startswith("workbench/")

    @property
    def in_api(self) -> bool:
        return self.route.startswith("api/")

    @property
    def model(self) -> str:
        """``orgs.union`` for an address of that list in the workbench; else empty."""
        steps = self.route.split("/")
        return ".".join(steps[1:3]) if self.in_workbench and len(steps) > 3 else ""

    @property
    def is_list(self) -> bool:
        """A list of the workbench, which takes filters, searches and actions on ticked rows."""
        return self.name.endswith("_changelist")

    def path(self, values: Mapping[str, object]) -> str:
        """The address with `values` in its places."""
        return "/" + re.sub(r"<(\w+)>", lambda place: str(values[place[1]]), self.route)


def _pieces(route: str) -> str:
    """The route with plain ``<name>`` for each parameter, whether written as a path or as an expression."""
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route)
    route = re.sub(r"<\w+:(\w+)>", r"<\1>", route)
    return route.replace("\\Z", "").replace("^", "").replace("$", "")


def _walk(resolver: URLResolver, prefix: str = "", names: tuple[str, ...] = ()) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, route, (*names, pattern.namespace) if pattern.namespace else names)
        elif isinstance(pattern, URLPattern):
            plain = _pieces(route)
            yield Address(":".join((*names, pattern.name or "")), plain, tuple(re.findall(r"<(\w+)>", plain)))


ADDRESSES = tuple(dict.fromkeys(_walk(get_resolver())))
