"""Run by alembic for each migration, over the connection that the store opened."""

from alembic import context

from reconciler.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
