"""The confirmed cases with their days, as of the last run: what the four earlies and the curve count."""

from __future__ import annotations

from django.db import models

from sizao_web.records.models.ledger import Run


class CaseColumns(models.Model):
    """What `sizao.indicators.earlies.days_of_cases` answers. NULL days: not reached, or no onset is known."""

    case = models.TextField()
    person = models.TextField()
    area = models.TextField(db_collation="C")
    origin = models.TextField()
    confirmed_at = models.DateTimeField()
    onset_on = models.DateField(null=True)
    imprecise = models.BooleanField()
    sample_days = models.IntegerField(null=True)
    report_days = models.IntegerField(null=True)
    isolation_days = models.IntegerField(null=True)
    admission_days = models.IntegerField(null=True)

    class Meta:
        abstract = True


class Case(CaseColumns):
    """A case that is confirmed now."""

    changed_in = models.ForeignKey(Run, models.PROTECT, related_name="+")

    class Meta:
        db_table = "ledger_case"
        constraints = (models.UniqueConstraint(fields=["case"], name="ledger_case_once"),)
        indexes = (models.Index(fields=["area", "confirmed_at"], name="ledger_case_area_ix"),)
