"""Django's settings for an embedded register. Databases are added as registers are opened."""

from holdshort.office.storage.sqlite import use_mended_sqlite

use_mended_sqlite()

INSTALLED_APPS = ["holdshort.office"]
DATABASES = {"default": {"ENGINE": "django.db.backends.dummy"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
# No page is served here and nothing is signed with Django's own key.
SECRET_KEY = "embedded"  # noqa: S105
