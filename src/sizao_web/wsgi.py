"""The application a server runs. It refuses to start when a route or a table is open."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sizao_web.settings.django")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from sizao_web.pages.routes import check_routes  # noqa: E402
from sizao_web.pages.whole import whole_requests  # noqa: E402
from sizao_web.records.access.installing import check_tables  # noqa: E402

check_routes()
check_tables()
application = whole_requests(application)
