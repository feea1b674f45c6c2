import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    """Codes know their number, sealed. Those of before live five minutes at most and are asked for again."""

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL('DELETE FROM accounts_smscode', migrations.RunSQL.noop),
        migrations.AddField(
            model_name='smscode',
            name='uuid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='smscode',
            name='phone_sealed',
            field=models.TextField(default=''),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='smscode',
            name='code_hash',
            field=models.CharField(blank=True, max_length=64),
        ),
    ]
