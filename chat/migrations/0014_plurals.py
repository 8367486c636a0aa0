from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0013_nightly'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='reply',
            options={'verbose_name_plural': 'replies'},
        ),
        migrations.AlterModelOptions(
            name='spending',
            options={'verbose_name_plural': 'spending'},
        ),
    ]
