from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('chat', '0014_plurals'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='call',
            name='call_key',
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('source', 'api')), fields=['user', '-opened_at'], name='call_api'),
        ),
    ]
