"""Signals out of counts. Now: control charts of laboratories and reporters; planned: EARS, Farrington, Rt.

Table functions: they answer queries and execute nothing, propose and decide nothing.
"""

from sizao.surveillance.charts import LABORATORIES as LABORATORIES
from sizao.surveillance.charts import REPORTERS as REPORTERS
from sizao.surveillance.charts import discordance as discordance
from sizao.surveillance.charts import positivity as positivity
from sizao.surveillance.charts import reports as reports
from sizao.surveillance.limits import Limits as Limits
from sizao.surveillance.limits import limits as limits
