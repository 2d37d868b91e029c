# The image of the monitor. `docker build -t monitor .`; how to run it: docs/operating.md.
# It builds with BuildKit and without, and fetches nothing but the base image and the locked packages.
ARG BASE_IMAGE=python:3.12-slim-bookworm

FROM ${BASE_IMAGE} AS builder
WORKDIR /app
# Only the lock: these layers stay in the cache until the lock changes. Wheels only: nothing foreign is run to be built.
COPY requirements.lock ./
COPY .ci/strip_libraries.py /tmp/
RUN python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --only-binary :all: --require-hashes \
    -r requirements.lock
# 95 MB that nobody asks for: the debugging symbols of libraries; zstandard's second engine, for PyPy; a thousand locales
# of Babel (the site has three); sources of what is compiled; lxml's objects and headers; the languages that Pygments would
# colour; databases that are not ours; telegram's framework, of which we use the client; what libraries test themselves with.
RUN find /opt/venv/lib -depth \( -path '*/zstandard/_cffi.*' -o -path '*/lxml/objectify.*.so' -o -path '*/lxml/includes' \
    -o -path '*/lxml/html' -o -path '*/lxml/isoschematron' -o -path '*/pygments/lexers/[a-z]*.py' \
    -o -path '*/sqlalchemy/testing' -o -path '*/sqlalchemy/dialects/mysql' \
    -o -path '*/sqlalchemy/dialects/oracle' -o -path '*/sqlalchemy/dialects/mssql' \
    -o -path '*/alembic/testing' -o -path '*/greenlet/tests' -o -path '*/telegram/ext' \) \
    -exec rm -rf {} + \
 && python /tmp/strip_libraries.py /opt/venv/lib \
 && find /opt/venv/lib \( -name '*.c' -o -name '*.h' -o -name '*.pyx' -o -name '*.px[di]' \) -delete \
 && find /opt/venv/lib -path '*/babel/locale-data/*' -name '*.dat' \
    ! -name 'root.dat' ! -name 'ru*' ! -name 'kk*' ! -name 'en*' -delete
COPY . .
# Editable: alembic/ lies beside the package and must not be installed (it would shadow the library).
RUN pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --no-build-isolation --editable .
# What builds is not needed to run: 10 MB. Layers of the builder are not in the image, so they need not be one.
# hadolint ignore=DL3059
RUN rm -rf /app/.ci /opt/venv/lib/python3.*/site-packages/setuptools* /opt/venv/lib/python3.*/site-packages/pkg_resources \
    /opt/venv/lib/python3.*/site-packages/_distutils_hack /opt/venv/lib/python3.*/site-packages/distutils-precedence.pth

FROM ${BASE_IMAGE}
RUN useradd --uid 10001 --user-group --no-log-init --home-dir /data --shell /usr/sbin/nologin monitor \
 && install --directory --mode=0700 --owner=monitor --group=monitor /data
COPY --from=builder /opt/venv /opt/venv
COPY --from=builder /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1
# A build with a mistake in the two files fails here. The commands leave compiled what the monitor imports, once with
# docstrings and once without, as the daemon runs: the base image comes without bytecode, and a read-only root lets nobody
# write it later. The last line imports what the daemon may come to need.
RUN monitor check && monitor run --help && monitor health --help \
 && export MONITOR_DATABASE_URL=sqlite:////tmp/monitor.db \
 && for level in 0 2; do export PYTHONOPTIMIZE="$level" \
 && monitor migrate && monitor site build /tmp/site && rm -r /tmp/monitor.db* /tmp/site \
 && python -c "import monitor.cli.run_daemon, feedparser, psycopg, sqlalchemy.dialects.postgresql, monitor.evidence.timestamps, monitor.app.build_desk" \
 || exit 1; done
# One heap for all threads: each further one keeps megabytes that nobody uses.
ENV PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=1 \
    MONITOR_DATABASE_URL=sqlite:////data/monitor.db \
    MONITOR_EVIDENCE_DIR=/data/evidence
USER 10001:10001
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["monitor", "health"]
ENTRYPOINT ["monitor"]
CMD ["run"]
