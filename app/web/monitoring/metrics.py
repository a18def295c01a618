"""Count requests by route template, method and status, and serve /metrics for Prometheus.

`layers.request_log` calls `count` for every response. Labels never contain an id. Several workers
count into files that they share (`PROMETHEUS_MULTIPROC_DIR`, which `pushoff serve` sets), so that
each of them serves the counts of all.
"""

import math
import os
import time

from fastapi import APIRouter, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from app.web.http.resources import SettingsDep

_REGISTRY = CollectorRegistry()
_REQUESTS = Counter(
    "pushoff_requests", "Requests answered.", ["method", "route", "status"], registry=_REGISTRY
)
_SECONDS = Histogram(
    "pushoff_request_seconds",
    "Time from the request's head to the last byte of its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_REGISTRY,
)

router = APIRouter()
# By their labels, which prometheus_client would check again for every request.
_counters: dict[tuple[str, str, int], Counter] = {}
_histograms: dict[str, Histogram] = {}


def count(method: str, route: str, status: int, seconds: float) -> None:
    key = (method, route, status)
    if (counter := _counters.get(key)) is None:
        counter = _counters[key] = _REQUESTS.labels(method, route, status)
        _histograms.setdefault(route, _SECONDS.labels(route))
    counter.inc()
    _histograms[route].observe(seconds)


class _KeptText:
    """The last text, and when it was made: anybody may ask, as often as they like."""

    def __init__(self) -> None:
        self.text, self.made_at = b"", -math.inf

    def get(self, cache_s: float) -> bytes:
        if time.monotonic() - self.made_at >= cache_s:
            self.text, self.made_at = _render(), time.monotonic()
        return self.text


_kept = _KeptText()


@router.get("/metrics", include_in_schema=False)
async def get_metrics(settings: SettingsDep) -> Response:
    """Return all metrics in the text format of Prometheus, at most `monitoring_cache_s` old."""
    return Response(_kept.get(settings.monitoring_cache_s), media_type=CONTENT_TYPE_LATEST)


def _render() -> bytes:
    registry = _REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
