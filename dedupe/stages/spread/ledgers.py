"""Documents with their credits and family passages, joined as lists → the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from dedupe.stages.ledger import KeepLedger


@dataclass(frozen=True, slots=True)
class KeepJoined:
    """Kernel: ``number, id, text, outlet, furniture`` with ``entries`` (credits) and ``passages`` → ledger."""

    facts: Path | None = None

    def __call__(self, batch: pa.Table) -> pa.Table:
        names = ["credits" if name == "entries" else name for name in batch.column_names]
        return KeepLedger(self.facts)(batch.rename_columns(names))
