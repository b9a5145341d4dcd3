"""Lists as Spark carries them: each one binary value.

Spark takes rows apart, and lists of records entry by entry, wherever it reads, sends, sorts or writes
them. No query looks into a list, so a list goes as bytes: the parts that Arrow keeps it in, one after
the other, with their sizes before them. Of a whole column this is a handful of operations.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

Int = NDArray[np.int64]
Types = Mapping[str, pa.DataType]
"""Of columns that are packed, by name."""
KEY = "packed"
"""Spark keeps the type of what is packed with the column, under this name."""


def is_packed(kind: pa.DataType) -> bool:
    """Whether columns of a type are packed."""
    return bool(pa.types.is_list(kind) or pa.types.is_struct(kind) or pa.types.is_map(kind))


def spark_schema(schema: pa.Schema) -> StructType:
    """Return an Arrow schema as Spark writes it, with lists packed."""
    from pyspark.sql.pandas.types import from_arrow_schema
    from pyspark.sql.types import StructType

    found = from_arrow_schema(
        pa.schema([(field.name, pa.binary() if is_packed(field.type) else field.type) for field in schema])
    )
    for ours, field in zip(found.fields, schema, strict=True):
        if is_packed(field.type):
            ours.metadata = noted(field.type)
    return StructType(found.fields)


def noted(kind: pa.DataType) -> dict[str, Any]:
    """Return a type as Spark keeps it with a column."""
    return {KEY: base64.b64encode(pa.schema([("", kind)]).serialize()).decode()}


def types_of(schema: StructType) -> dict[str, pa.DataType]:
    """Return the types of the packed columns of a schema."""
    return {
        field.name: pa.ipc.read_schema(pa.py_buffer(base64.b64decode(field.metadata[KEY]))).field(0).type
        for field in schema.fields
        if KEY in field.metadata
    }


def packed(table: pa.Table) -> pa.Table:
    """Return a table with its lists packed."""
    for place, field in enumerate(table.schema):
        if is_packed(field.type):
            chunks = [pack(chunk) for chunk in table.column(place).chunks]
            table = table.set_column(place, field.name, pa.chunked_array(chunks, pa.binary()))
    return table


def unpacked(table: pa.Table, types: Types) -> pa.Table:
    """Return a table with those of its columns unpacked whose types are given."""
    for place, name in enumerate(table.column_names):
        kind = types.get(name)
        if kind is not None:
            chunks = [unpack(chunk, kind) for chunk in table.column(place).chunks]
            table = table.set_column(place, pa.field(name, kind), pa.chunked_array(chunks, kind))
    return table


def pack(column: pa.Array) -> pa.Array:
    """Return each value of a column as bytes; null stays null."""
    count = len(column)
    parts = list(_parts(column, np.arange(count + 1)))
    sizes = np.stack([np.diff(bounds) for bounds, _ in parts], axis=1).astype("<i4")
    heads = pa.Array.from_buffers(
        pa.binary(),
        count,
        [
            _bits(np.asarray(column.is_valid())),
            pa.py_buffer(np.arange(count + 1, dtype=np.int32) * (4 * len(parts))),
            pa.py_buffer(sizes.tobytes()),
        ],
    )
    values = [
        pa.Array.from_buffers(
            pa.binary(), count, [None, pa.py_buffer(bounds.astype(np.int32)), pa.py_buffer(data)]
        )
        for bounds, data in parts
    ]
    return pc.binary_join_element_wise(heads, *values, b"")


def _parts(array: pa.Array, bounds: Int) -> Iterator[tuple[Int, Any]]:
    """Yield the parts of an array, with the places in bytes where the rows that ``bounds`` cut begin."""
    kind, count = array.type, len(array)
    if array.null_count:
        yield bounds, np.asarray(array.is_valid()).astype(np.uint8)
    else:
        yield np.zeros(len(bounds), np.int64), b""
    if pa.types.is_list(kind) or pa.types.is_map(kind):
        offsets = np.asarray(array.offsets)
        yield bounds * 4, np.diff(offsets).astype("<i4")
        inner = offsets[bounds].astype(np.int64)
        for child in (array.keys, array.items) if pa.types.is_map(kind) else (array.values,):
            yield from _parts(child, inner)
    elif pa.types.is_struct(kind):
        for place in range(kind.num_fields):
            yield from _parts(array.field(place), bounds)
    elif pa.types.is_string(kind) or pa.types.is_binary(kind):
        filled = array.fill_null("" if pa.types.is_string(kind) else b"")
        _, where, data = filled.buffers()
        offsets = np.zeros(1, np.int64)
        if count:
            offsets = np.frombuffer(where, np.int32)[filled.offset : filled.offset + count + 1].astype(
                np.int64
            )
        yield bounds * 4, np.diff(offsets).astype("<i4")
        yield offsets[bounds], data or b""
    elif pa.types.is_boolean(kind):
        yield bounds, np.asarray(array.fill_null(False)).astype(np.uint8)
    else:
        width = kind.bit_width // 8
        filled = array.fill_null(0)
        data = filled.buffers()[1]
        yield bounds * width, data.slice(filled.offset * width, count * width) if count else b""


def unpack(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return the values that `pack` packed, of type ``kind``."""
    if column.null_count:
        valid = np.asarray(column.is_valid())
        places = pa.array(np.cumsum(valid) - 1, mask=~valid)
        return unpack(column.drop_null(), kind).take(places)
    if not len(column):
        return pa.array([], kind)
    _, where, data = column.buffers()
    starts = np.frombuffer(where, np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    width = 4 * _count(kind)
    bytes_ = np.frombuffer(data, np.uint8)
    head = bytes_[starts[:-1, None] + np.arange(width)]
    sizes = np.ascontiguousarray(head).view("<i4").astype(np.int64)
    begin = starts[:-1, None] + width + np.cumsum(sizes, axis=1) - sizes
    return _built(kind, len(column), (_ranges(bytes_, *part) for part in zip(begin.T, sizes.T, strict=True)))


def _count(kind: pa.DataType) -> int:
    """Return the number of parts of a type."""
    if pa.types.is_list(kind):
        return 2 + _count(kind.value_type)
    if pa.types.is_map(kind):
        return 2 + _count(kind.key_type) + _count(kind.item_type)
    if pa.types.is_struct(kind):
        return 1 + sum(_count(field.type) for field in kind)
    return 3 if pa.types.is_string(kind) or pa.types.is_binary(kind) else 2


def _built(kind: pa.DataType, count: int, parts: Iterator[NDArray[np.uint8]]) -> pa.Array:
    valid = next(parts)
    bits = _bits(valid.astype(np.bool_)) if len(valid) else None
    if pa.types.is_list(kind) or pa.types.is_map(kind):
        offsets = _offsets(next(parts))
        inner = int(offsets[-1])
        if pa.types.is_map(kind):
            pairs = [_built(child, inner, parts) for child in (kind.key_type, kind.item_type)]
            child = pa.StructArray.from_arrays(pairs, fields=[kind.key_field, kind.item_field])
        else:
            child = _built(kind.value_type, inner, parts)
        return pa.Array.from_buffers(kind, count, [bits, pa.py_buffer(offsets)], children=[child])
    if pa.types.is_struct(kind):
        children = [_built(field.type, count, parts) for field in kind]
        return pa.Array.from_buffers(kind, count, [bits], children=children)
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        offsets = _offsets(next(parts))
        return pa.Array.from_buffers(kind, count, [bits, pa.py_buffer(offsets), pa.py_buffer(next(parts))])
    data = next(parts)
    if pa.types.is_boolean(kind):
        return pa.Array.from_buffers(kind, count, [bits, pa.py_buffer(np.packbits(data, bitorder="little"))])
    return pa.Array.from_buffers(kind, count, [bits, pa.py_buffer(data)])


def _offsets(lengths: NDArray[np.uint8]) -> NDArray[np.int32]:
    return np.concatenate(([0], np.cumsum(lengths.view("<i4")))).astype(np.int32)


def _ranges(data: NDArray[np.uint8], starts: Int, sizes: Int) -> NDArray[np.uint8]:
    """Return the bytes of many ranges, one after the other."""
    before = np.cumsum(sizes) - sizes
    return data[np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))]


def _bits(valid: NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(valid, bitorder="little"))
