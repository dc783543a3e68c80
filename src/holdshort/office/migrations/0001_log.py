"""The log, append-only by trigger."""

from typing import TYPE_CHECKING, ClassVar

from django.db import migrations, models

from holdshort.office.storage.guards import statements

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def guard(apps: "Apps", schema_editor: "BaseDatabaseSchemaEditor") -> None:
    """Make the triggers, in the words of the database at hand."""
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, None)


class Migration(migrations.Migration):
    """Create the table and its guards. A log is not undone: there is no way back."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("leaf", models.BinaryField()),
                ("leaf_hash", models.BinaryField(max_length=32, unique=True)),
            ],
            options={"ordering": ["index"]},
        ),
        migrations.RunPython(guard),
    ]
