"""HTTP for all features. This package knows no feature.

    docs        the OpenAPI document and the HTML pages
    layers      what a request passes before a route: see layers/stack.py
    monitoring  health checks, the log and the metrics
    http        request bodies, routes, problems and prepared answers; what features import

Each package may import only the packages below it.
"""
