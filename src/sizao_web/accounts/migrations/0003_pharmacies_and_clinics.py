from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_more_duties'),
    ]

    operations = [
        migrations.AlterField(
            model_name='assignment',
            name='role',
            field=models.CharField(choices=[('command', 'command'), ('cdc', 'cdc'), ('site', 'site'), ('community', 'community'), ('street', 'street'), ('sampling_team', 'sampling_team'), ('county_hospital', 'county_hospital'), ('family_doctor', 'family_doctor'), ('laboratory', 'laboratory'), ('education', 'education'), ('market_regulation', 'market_regulation'), ('health_commission', 'health_commission'), ('port_health', 'port_health'), ('supervision', 'supervision'), ('civil_affairs', 'civil_affairs'), ('supplies', 'supplies'), ('finance', 'finance'), ('publicity', 'publicity'), ('commerce', 'commerce'), ('pharmacy', 'pharmacy'), ('clinic', 'clinic'), ('institution', 'institution'), ('policy_officer', 'policy_officer'), ('administrator', 'administrator')], max_length=40),
        ),
    ]
