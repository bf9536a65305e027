"""What the gateway remembers: SQLAlchemy tables and Alembic migrations, on SQLite by default and PostgreSQL by URL."""
