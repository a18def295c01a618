# A small image of the service: the packages of the lock and our code, without pip's cache and without root.
FROM python:3.13-slim AS build
WORKDIR /srv/pushoff
RUN python -m venv --without-pip /opt/venv
COPY requirements/run.txt requirements/run.txt
RUN pip --python /opt/venv/bin/python install --no-cache-dir --require-hashes \
    --requirement requirements/run.txt
COPY pyproject.toml LICENSE LICENSE-pictures CHANGELOG.md ./
COPY migrations migrations
COPY app app
# Editable, because the migrations must be beside the package, as they are in a clone.
RUN pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --no-build-isolation \
    --editable . && python -m compileall -q app migrations

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PUSHOFF_HOST=0.0.0.0 \
    PUSHOFF_DATABASE_URL=sqlite:////var/lib/pushoff/pushoff.db
RUN install --directory --owner=10001 --group=10001 /var/lib/pushoff
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/pushoff /srv/pushoff
WORKDIR /var/lib/pushoff
VOLUME /var/lib/pushoff
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ.get('PUSHOFF_PORT', '8000') + '/livez', timeout=2)"]
CMD ["pushoff", "serve"]
