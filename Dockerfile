# One image for every role: the web server by default; compose.yaml shows the worker, the clock and the migration.
FROM python:3.11-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 STATIC_ROOT=/srv/static VAR_DIR=/srv/var
WORKDIR /srv/portal

COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt

COPY . .
RUN useradd --system --no-create-home portal \
    && mkdir -p /srv/static /srv/var \
    && python manage.py collectstatic --no-input --verbosity 0 \
    && rm -f /srv/var/secret_key \
    && chown portal /srv/var
USER portal
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["gunicorn", "config.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=8", "--max-requests=5000", "--max-requests-jitter=500", "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
