"""HTTP for all features. Knows no feature; each package imports only those below it.

docs        the OpenAPI document and the HTML pages
layers      what a request passes before a route, drawn in layers/stack.py
monitoring  health checks, the log and the metrics
http        request bodies, routes, problems and prepared answers
"""
