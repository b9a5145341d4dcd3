"""Lists packed for Spark come back as they were."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.engines.spark.packing import pack, packed, unpack, unpacked
from dedupe.records import CANDIDATES, CREDITS, ORIGINS
from dedupe.stages.columns import SENTENCES, SPANS

WORDS = st.none() | st.text(max_size=4)
INTS = st.none() | st.integers(-(2**31), 2**31 - 1)
RECORD = pa.struct([
    ("n", pa.int32()), ("word", pa.string()), ("bytes", pa.binary()), ("yes", pa.bool_()), ("share", pa.float64()),
    ("names", pa.list_(pa.string())), ("measures", pa.map_(pa.string(), pa.float64())),
])  # fmt: skip
RECORDS = st.fixed_dictionaries(
    {
        "n": INTS,
        "word": WORDS,
        "bytes": st.none() | st.binary(max_size=4),
        "yes": st.none() | st.booleans(),
        "share": st.none() | st.floats(allow_nan=False),
        "names": st.none() | st.lists(WORDS, max_size=3),
        "measures": st.none() | st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=3).map(
            lambda found: list(found.items())
        ),
    }
)  # fmt: skip


@given(st.lists(st.none() | st.lists(st.none() | RECORDS, max_size=4), max_size=6), st.data())
def test_lists_come_back_whatever_is_in_them_and_wherever_they_are_cut(rows, draw):
    kind = pa.list_(RECORD)
    column = pa.array(rows, kind)
    start = draw.draw(st.integers(0, len(rows)))
    stop = draw.draw(st.integers(start, len(rows)))
    for part in (column, column[start:stop]):
        found = pack(part)
        assert found.type == pa.binary()
        back = unpack(found, kind)
        back.validate(full=True)
        assert back.equals(part)
        assert unpack(pa.concat_arrays([found, found])[len(part) :], kind).equals(part)


@pytest.mark.parametrize("kind", [SPANS, SENTENCES, *(field.type for field in CREDITS)])
def test_empty_columns_and_columns_of_nothing_come_back(kind):
    if not pa.types.is_nested(kind):
        return
    for column in (pa.array([], kind), pa.nulls(3, kind), pa.array([[], None, []], kind)):
        assert unpack(pack(column), kind).equals(column)


def test_only_lists_are_packed_and_a_tables_chunks_stay():
    for schema in (CANDIDATES, ORIGINS, CREDITS):
        table = pa.concat_tables([schema.empty_table(), pa.Table.from_pylist([{}, {}], schema=schema)])
        types = {field.name: field.type for field in schema if pa.types.is_nested(field.type)}
        sent = packed(table)
        assert [sent.schema.field(name).type for name in types] == [pa.binary()] * len(types)
        assert unpacked(sent, types).equals(table)
