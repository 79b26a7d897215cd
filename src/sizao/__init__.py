"""Facts are recorded once; policy in force makes obligations of them; those without evidence are worklists.

The folders read downwards only, neighbours do not know each other:

    cli
    intake        store         exports
    scenario
    bulletin
    indicators
    worklists     capacity      supervision
    obligations   tracing       surveillance    risk
    policy
    facts
    terms
"""

__version__ = "0.1.0"
