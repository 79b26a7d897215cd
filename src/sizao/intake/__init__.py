"""Files in: sheets become facts through a mapping, with a receipt that accounts for every row.

one = plan("edge_list.csv", mapping="contacts.yaml")     # reads; IntakeRefused lists all reasons why not
preview(one, facts, recorded_at=now)                     # what a load would do
load(one, facts, write, recorded_at=now)                 # does it; returns the Receipt
"""

from sizao.intake.loading import Plan as Plan
from sizao.intake.loading import Preview as Preview
from sizao.intake.loading import load as load
from sizao.intake.loading import load_all as load_all
from sizao.intake.loading import plan as plan
from sizao.intake.loading import plan_batch as plan_batch
from sizao.intake.loading import preview as preview
from sizao.intake.problems import IntakeRefused as IntakeRefused
from sizao.intake.problems import Problem as Problem
from sizao.intake.receipts import Receipt as Receipt
