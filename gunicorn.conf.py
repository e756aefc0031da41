"""How gunicorn serves the product, here and in production: ``gunicorn "app:create_server()"`` reads this file.

WEB_CONCURRENCY sets the number of processes, as gunicorn has it.
"""

from core.settings import load_settings

_settings = load_settings()

bind = f"{_settings.host}:{_settings.port}"
worker_class = "web_worker.PatientWorker"  # eight threads, and slow senders hold none of them
threads = 8
# The application is built once and shared by fork; connections are opened by each process for itself.
preload_app = True
timeout = 60
graceful_timeout = 15
keepalive = 75  # longer than a proxy's, which then never meets a closed connection
# Addresses of webhooks hold a secret, so gunicorn's own access log stays off; the product logs requests without it.
accesslog = None
errorlog = "-"
