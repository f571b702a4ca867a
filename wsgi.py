"""The WSGI application, for `gunicorn wsgi:app` in the source tree. Importing this starts loading the model."""

from app import create_app

app = create_app()
