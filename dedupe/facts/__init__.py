"""Facts as data: sources, credit phrases, abbreviations, furniture.

Rules that a person may want to extend live in TOML files beside this module, not in code.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from dedupe.errors import FactsError


@cache
def table(name: str) -> dict[str, Any]:
    """Return the data file ``dedupe/facts/<name>.toml`` as nested dictionaries (do not change them).

    Raises FactsError where the file is missing or is not TOML.
    """
    where = f"dedupe/facts/{name}.toml"
    try:
        return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    except OSError as error:
        raise FactsError("data file is missing", where=where, mend="reinstall the package") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FactsError(f"is not TOML: {error}", where=where, mend="correct the line named") from error
