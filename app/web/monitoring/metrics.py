"""Count requests by route template, method and status, and serve /metrics for Prometheus.

`layers.request_log` calls `count` for every response. Labels never contain an id. Several workers
count into files that they share (`PROMETHEUS_MULTIPROC_DIR`, which `pushoff serve` sets), so that
each of them serves the counts of all.
"""

import os

from fastapi import APIRouter, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

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


@router.get("/metrics", include_in_schema=False)
async def get_metrics() -> Response:
    """Return all metrics in the text format of Prometheus."""
    registry = _REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
