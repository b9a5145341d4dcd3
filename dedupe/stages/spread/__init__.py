"""Stages of a run whose documents are spread over many places (`dedupe.distributed`).

As in ``stages``: picklable kernels from Arrow to Arrow. What needs the whole corpus is cut into
kernels over batches and kernels over what has to come together, so that it does not matter
where a document is, how batches are cut, or whether a piece of work is done twice.
"""
