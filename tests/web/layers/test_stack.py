"""Tests that requests pass the layers in the order that the docstring of `stack` draws."""

import re

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.main import create_app
from app.settings import Settings
from app.web.layers import stack
from app.web.layers.cached_answers import CachedAnswers
from app.web.layers.rate_limits import RateLimits
from app.web.layers.stack import LayeredApp


def build_app() -> LayeredApp:
    app = create_app(Settings(trusted_proxies=("10.0.0.1",)))
    assert isinstance(app, LayeredApp)
    return app


def find_layers(app: LayeredApp) -> list[str]:
    """The class names of the layers, from the outermost one to the router."""
    proxy_headers = app.outermost
    assert isinstance(proxy_headers, ProxyHeadersMiddleware)
    rate_limits = proxy_headers.app
    assert isinstance(rate_limits, RateLimits)
    cached_answers = rate_limits.app
    assert isinstance(cached_answers, CachedAnswers)
    assert cached_answers.app == app.run_framework
    outside = [type(layer).__name__ for layer in (proxy_headers, rate_limits, cached_answers)]
    inside = [getattr(layer.cls, "__name__", "") for layer in app.user_middleware]
    return [*outside, "LayeredApp", *inside]


class TestAddLayers:
    def test_builds_the_layers_in_the_order_of_the_docstring(self) -> None:
        drawn = re.findall(r"^    (?:\w+\.)?([A-Z]\w+)  ", stack.__doc__ or "", re.MULTILINE)
        assert drawn == ["GuardedProtocol", "EarlyReject", *find_layers(build_app())]

    def test_shares_slots_and_limits_with_early_reject(self) -> None:
        app = build_app()
        (limit,) = [layer for layer in app.user_middleware if "slots" in layer.kwargs]
        assert app.state.early_reject.slots is limit.kwargs["slots"]
        assert app.state.early_reject.limits is getattr(app.outermost, "app", None)
