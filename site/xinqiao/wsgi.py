"""The web application that granian serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinqiao.settings.demo")
application = get_wsgi_application()

if not settings.DEMO:
    from xinqiao.accounts.demo_password import refuse_demo_password  # models need the set-up above

    refuse_demo_password()
