"""Runs the migrations on the connection that `server.database` hands in."""

from alembic import context

from server.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
