"""The gateway's own database: SQLAlchemy tables and Alembic migrations, on SQLite by default and PostgreSQL by URL."""
