"""Whether a row can be true: dated rules as data, and what they say of rows on their way into the records.

judge(rules_of("results"), table, look_up, zone)     # findings: row and rule, which refuses or questions it

The rules stand in `rules/`, one file for each subject. They are not part of a pack: what a thermometer can
show does not depend on the policy in force.
"""

from sizao.policy.plausibility.judging import Finding as Finding
from sizao.policy.plausibility.judging import LookUp as LookUp
from sizao.policy.plausibility.judging import judge as judge
from sizao.policy.plausibility.judging import nothing_known as nothing_known
from sizao.policy.plausibility.loading import Rule as Rule
from sizao.policy.plausibility.loading import load_rules as load_rules
from sizao.policy.plausibility.loading import rules_of as rules_of
from sizao.policy.plausibility.loading import shipped as shipped
