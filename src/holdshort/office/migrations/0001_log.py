"""The log, append-only by trigger."""

from typing import ClassVar

from django.db import migrations, models

REFUSE = """
CREATE TRIGGER office_logentry_no_{event} BEFORE {event} ON office_logentry
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END
"""
IN_ORDER = """
CREATE TRIGGER office_logentry_in_order BEFORE INSERT ON office_logentry
WHEN NEW."index" <> (SELECT COALESCE(MAX("index") + 1, 0) FROM office_logentry)
BEGIN SELECT RAISE(ABORT, 'the log has no gaps'); END
"""
FITS = """
CREATE TRIGGER office_logentry_fits BEFORE INSERT ON office_logentry
WHEN LENGTH(NEW.leaf) > 65535
BEGIN SELECT RAISE(ABORT, 'the leaf is too large for a log'); END
"""


class Migration(migrations.Migration):
    """Create the table and its guards."""

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
        *(
            migrations.RunSQL(
                REFUSE.format(event=event), f"DROP TRIGGER office_logentry_no_{event}"
            )
            for event in ("update", "delete")
        ),
        migrations.RunSQL(IN_ORDER, "DROP TRIGGER office_logentry_in_order"),
        migrations.RunSQL(FITS, "DROP TRIGGER office_logentry_fits"),
    ]
