"""A real PostgreSQL for the tests of the whole bot."""

from tests.actions.conftest import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]
