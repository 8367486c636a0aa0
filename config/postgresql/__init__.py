"""PostgreSQL as this project's database engine: Django's own, but for its pool."""
