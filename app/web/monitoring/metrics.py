"""What is counted: requests, their time and their outcome, by route and never by id.

Prometheus collects it at /metrics. With several workers each counts into files that they share
(`PROMETHEUS_MULTIPROC_DIR`, which `pushoff serve` sets), so that any of them can answer for all.
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

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "pushoff_requests", "Requests answered.", ["method", "route", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "pushoff_request_seconds",
    "Time from the request's head to the last byte of its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)

router = APIRouter()
_requests: dict[tuple[str, str, int], Counter] = {}
_seconds: dict[str, Histogram] = {}


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Counts one answer. Labels are looked up once: prometheus_client checks them each time."""
    key = (method, route, status)
    if (requests := _requests.get(key)) is None:
        requests = _requests[key] = REQUESTS.labels(method, route, status)
        _seconds.setdefault(route, SECONDS.labels(route))
    requests.inc()
    _seconds[route].observe(seconds)


@router.get("/metrics", include_in_schema=False)
async def get_metrics() -> Response:
    """Everything counted so far, in Prometheus' text format."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
