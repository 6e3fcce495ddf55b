import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('plans', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='BreakGlass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('ends_at', models.DateTimeField()),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ChildDataOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('where', models.CharField(max_length=200)),
                ('kinds', models.CharField(max_length=200, verbose_name='what it looked like')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='HistoricalBreakGlass',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('reason', models.TextField()),
                ('ends_at', models.DateTimeField()),
                ('history_change_reason', models.TextField(blank=True, default='')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='plans.plan')),
                ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical break glass',
                'verbose_name_plural': 'historical break glasss',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'indexes': [models.Index(fields=['id', '-history_date', '-history_id'], name='h_breakglass_at'), models.Index(fields=['plan', 'history_type', 'id'], name='h_breakglass_born')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalChildDataOverride',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('where', models.CharField(max_length=200)),
                ('kinds', models.CharField(max_length=200, verbose_name='what it looked like')),
                ('history_change_reason', models.TextField(blank=True, default='')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='plans.plan')),
            ],
            options={
                'verbose_name': 'historical child data override',
                'verbose_name_plural': 'historical child data overrides',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'indexes': [models.Index(fields=['id', '-history_date', '-history_id'], name='h_childdataoverride_at'), models.Index(fields=['plan', 'history_type', 'id'], name='h_childdataoverride_born')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name='historicalplanmembership',
            name='ends_on',
            field=models.DateField(blank=True, null=True, verbose_name='last day'),
        ),
        migrations.AddField(
            model_name='planmembership',
            name='ends_on',
            field=models.DateField(blank=True, null=True, verbose_name='last day'),
        ),
        migrations.AlterField(
            model_name='historicalplanmembership',
            name='role',
            field=models.CharField(choices=[('manager', 'Programme manager'), ('theme_lead', 'Theme lead'), ('lead', 'Milestone lead'), ('contributor', 'Contributor'), ('steering_group', 'Steering group'), ('reporting_officer', 'Reporting officer'), ('analyst', 'Analyst'), ('auditor', 'Auditor')], max_length=20),
        ),
        migrations.AlterField(
            model_name='planmembership',
            name='role',
            field=models.CharField(choices=[('manager', 'Programme manager'), ('theme_lead', 'Theme lead'), ('lead', 'Milestone lead'), ('contributor', 'Contributor'), ('steering_group', 'Steering group'), ('reporting_officer', 'Reporting officer'), ('analyst', 'Analyst'), ('auditor', 'Auditor')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='planmembership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', 'auditor'), _negated=True), ('ends_on__isnull', False), _connector='OR'), name='auditor_has_a_last_day', violation_error_message='An auditor’s role has a last day. Give one.'),
        ),
    ]
