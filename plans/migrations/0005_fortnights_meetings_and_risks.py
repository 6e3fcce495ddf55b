import datetime

import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_begin_the_chains'),
        ('accounts', '__first__'),
        ('plans', '0004_outcome_judgements'),
    ]

    operations = [
        migrations.AddField(
            model_name='action',
            name='carried_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_to', to='plans.action'),
        ),
        migrations.AddField(
            model_name='historicalaction',
            name='carried_from',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='plans.action'),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='board',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='plans.governancebody', verbose_name='board that goes through the plan'),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='counts_unaccepted',
            field=models.BooleanField(default=True, verbose_name='an update counts before it is accepted'),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='cutoff_at',
            field=models.TimeField(default=datetime.time(12, 0), verbose_name='time of that day'),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='cutoff_day',
            field=models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(260)], verbose_name='working day on which updates are due'),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='date_limit_days',
            field=models.PositiveSmallIntegerField(default=28, validators=[django.core.validators.MaxValueValidator(3660)], verbose_name='days after the first agreed date up to which the programme manager moves a due date'),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='follows',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='plans.plan', verbose_name='plan that it was refreshed from'),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='meeting_day',
            field=models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(260)], verbose_name='working day on which the board meets'),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='reviews_updates',
            field=models.BooleanField(default=False, verbose_name='updates of leads are accepted or returned'),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='sends_reminders',
            field=models.BooleanField(default=True, verbose_name='leads are reminded by e-mail'),
        ),
        migrations.AddField(
            model_name='historicaltheme',
            name='carried_from',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='plans.theme'),
        ),
        migrations.AddField(
            model_name='plan',
            name='board',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.governancebody', verbose_name='board that goes through the plan'),
        ),
        migrations.AddField(
            model_name='plan',
            name='counts_unaccepted',
            field=models.BooleanField(default=True, verbose_name='an update counts before it is accepted'),
        ),
        migrations.AddField(
            model_name='plan',
            name='cutoff_at',
            field=models.TimeField(default=datetime.time(12, 0), verbose_name='time of that day'),
        ),
        migrations.AddField(
            model_name='plan',
            name='cutoff_day',
            field=models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(260)], verbose_name='working day on which updates are due'),
        ),
        migrations.AddField(
            model_name='plan',
            name='date_limit_days',
            field=models.PositiveSmallIntegerField(default=28, validators=[django.core.validators.MaxValueValidator(3660)], verbose_name='days after the first agreed date up to which the programme manager moves a due date'),
        ),
        migrations.AddField(
            model_name='plan',
            name='follows',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='plans.plan', verbose_name='plan that it was refreshed from'),
        ),
        migrations.AddField(
            model_name='plan',
            name='meeting_day',
            field=models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(260)], verbose_name='working day on which the board meets'),
        ),
        migrations.AddField(
            model_name='plan',
            name='reviews_updates',
            field=models.BooleanField(default=False, verbose_name='updates of leads are accepted or returned'),
        ),
        migrations.AddField(
            model_name='plan',
            name='sends_reminders',
            field=models.BooleanField(default=True, verbose_name='leads are reminded by e-mail'),
        ),
        migrations.AddField(
            model_name='theme',
            name='carried_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_to', to='plans.theme'),
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_on', models.DateField(verbose_name='date of the meeting')),
                ('agenda_item', models.CharField(blank=True, max_length=100, verbose_name='agenda item')),
                ('papers_due_on', models.DateField(blank=True, null=True, verbose_name='papers due')),
                ('publication_due_on', models.DateField(blank=True, null=True, verbose_name='agenda published by')),
                ('note', models.TextField(blank=True)),
                ('minutes', models.URLField(blank=True, max_length=500, verbose_name='address of the minutes')),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='plans.governancebody')),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='accounts.organisation')),
            ],
            options={
                'ordering': ['-held_on', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('archived_at', None)), fields=('body', 'held_on'), name='board_meets_once_a_day', violation_error_message='This board has a meeting on that day already.'), models.CheckConstraint(condition=models.Q(('papers_due_on', None), ('papers_due_on__lte', models.F('held_on')), _connector='OR'), name='papers_are_due_before_the_meeting', violation_error_message='The papers are due after the meeting.'), models.CheckConstraint(condition=models.Q(('publication_due_on', None), ('publication_due_on__lte', models.F('held_on')), _connector='OR'), name='agenda_is_published_before_the_meeting', violation_error_message='The agenda is published after the meeting.')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('noted', 'Noted'), ('approved', 'Approved'), ('refused', 'Not approved'), ('referred', 'Referred'), ('question', 'Question'), ('challenge', 'Challenge'), ('request', 'Request')], default='noted', max_length=20)),
                ('words', models.TextField(verbose_name='what was decided')),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='plans.plan')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='plans.meeting')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField(verbose_name='what is to be done')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='done')),
                ('done_words', models.TextField(blank=True, verbose_name='what came of it')),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='plans.decision')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalDecision',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=[('noted', 'Noted'), ('approved', 'Approved'), ('refused', 'Not approved'), ('referred', 'Referred'), ('question', 'Question'), ('challenge', 'Challenge'), ('request', 'Request')], default='noted', max_length=20)),
                ('words', models.TextField(verbose_name='what was decided')),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('history_change_reason', models.TextField(blank=True, default='')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='plans.plan')),
                ('meeting', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='plans.meeting')),
            ],
            options={
                'verbose_name': 'historical decision',
                'verbose_name_plural': 'historical decisions',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'indexes': [models.Index(fields=['id', '-history_date', '-history_id'], name='h_decision_at'), models.Index(fields=['plan', 'history_type', 'id'], name='h_decision_born')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Risk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('risk', 'Risk'), ('issue', 'Issue')], default='risk', max_length=10)),
                ('words', models.TextField(verbose_name='what it is')),
                ('likelihood', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                ('impact', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                ('mitigation', models.TextField(blank=True, verbose_name='what is done about it')),
                ('trend', models.CharField(choices=[('rising', 'Rising'), ('steady', 'Steady'), ('falling', 'Falling')], default='steady', max_length=10)),
                ('raised_on', models.DateField(verbose_name='raised')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed')),
                ('closed_words', models.TextField(blank=True, verbose_name='why it is closed')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='risks', to='plans.plan')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('impact__gte', 1), ('impact__lte', 5), ('likelihood__gte', 1), ('likelihood__lte', 5)), name='risk_is_scored_from_1_to_5', violation_error_message='Likelihood and impact run from 1 to 5.'), models.CheckConstraint(condition=models.Q(('closed_on', None), ('raised_on__lte', models.F('closed_on')), _connector='OR'), name='risk_is_raised_before_it_is_closed', violation_error_message='It is closed before it was raised.')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalFollowUp',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('words', models.TextField(verbose_name='what is to be done')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='done')),
                ('done_words', models.TextField(blank=True, verbose_name='what came of it')),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('history_change_reason', models.TextField(blank=True, default='')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('decision', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='plans.decision')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.person')),
                ('plan', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='plans.plan')),
            ],
            options={
                'verbose_name': 'historical follow up',
                'verbose_name_plural': 'historical follow ups',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'indexes': [models.Index(fields=['id', '-history_date', '-history_id'], name='h_followup_at'), models.Index(fields=['plan', 'history_type', 'id'], name='h_followup_born')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalMeeting',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('held_on', models.DateField(verbose_name='date of the meeting')),
                ('agenda_item', models.CharField(blank=True, max_length=100, verbose_name='agenda item')),
                ('papers_due_on', models.DateField(blank=True, null=True, verbose_name='papers due')),
                ('publication_due_on', models.DateField(blank=True, null=True, verbose_name='agenda published by')),
                ('note', models.TextField(blank=True)),
                ('minutes', models.URLField(blank=True, max_length=500, verbose_name='address of the minutes')),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('history_change_reason', models.TextField(blank=True, default='')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('body', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='plans.governancebody')),
                ('council', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.organisation')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical meeting',
                'verbose_name_plural': 'historical meetings',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'indexes': [models.Index(fields=['id', '-history_date', '-history_id'], name='h_meeting_at')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalRisk',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=[('risk', 'Risk'), ('issue', 'Issue')], default='risk', max_length=10)),
                ('words', models.TextField(verbose_name='what it is')),
                ('likelihood', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                ('impact', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                ('mitigation', models.TextField(blank=True, verbose_name='what is done about it')),
                ('trend', models.CharField(choices=[('rising', 'Rising'), ('steady', 'Steady'), ('falling', 'Falling')], default='steady', max_length=10)),
                ('raised_on', models.DateField(verbose_name='raised')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed')),
                ('closed_words', models.TextField(blank=True, verbose_name='why it is closed')),
                ('history_change_reason', models.TextField(blank=True, default='')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.person')),
                ('plan', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='plans.plan')),
            ],
            options={
                'verbose_name': 'historical risk',
                'verbose_name_plural': 'historical risks',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'indexes': [models.Index(fields=['id', '-history_date', '-history_id'], name='h_risk_at'), models.Index(fields=['plan', 'history_type', 'id'], name='h_risk_born')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]
