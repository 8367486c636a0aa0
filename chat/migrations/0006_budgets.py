"""Budgets hold: the counters of their periods, and what running calls have reserved of them."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0005_daily_totals'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='budget',
            options={},
        ),
        migrations.AlterField(
            model_name='budget',
            name='warn_percent',
            field=models.PositiveSmallIntegerField(default=80, help_text='From so much on it is shown beside the message box.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)]),
        ),
        migrations.CreateModel(
            name='Spending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(help_text="The first day of the period, in the site's time zone.")),
                ('used', models.PositiveBigIntegerField(default=0)),
                ('reserved', models.PositiveBigIntegerField(default=0, help_text='The worst case of the calls that run.')),
                ('budget', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='spendings', to='chat.budget')),
            ],
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.PositiveBigIntegerField()),
                ('call', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reservations', to='chat.call')),
                ('spending', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reservations', to='chat.spending')),
            ],
        ),
        migrations.AddConstraint(
            model_name='spending',
            constraint=models.UniqueConstraint(models.F('budget'), models.F('starts_on'), name='one_spending_a_period'),
        ),
        migrations.AddConstraint(
            model_name='reservation',
            constraint=models.UniqueConstraint(models.F('call'), models.F('spending'), name='one_reservation_a_spending'),
        ),
    ]
