"""Facts are recorded once; policy in force turns facts into obligations; obligations without evidence become worklists.

The folders read downwards only: cli, then intake, store and exports, then scenario, bulletin, indicators, then worklists,
capacity and supervision, then obligations, tracing, surveillance and risk, then policy, facts, terms.
"""

__version__ = "0.1.0"
