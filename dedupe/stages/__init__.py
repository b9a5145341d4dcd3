"""Stages: what an engine runs, from Arrow table to Arrow table, one small file per part of the flow.

Each kernel is a frozen dataclass (its settings) with ``__call__``, so that it can be pickled
to a worker. Stages hold no logic of their own: they unpack columns, call the functions of
``text``, ``reuse`` and ``provenance``, and pack the results.
"""
