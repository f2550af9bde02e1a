"""Kernels of a batch: forked from one process, in private folders, within limits, never outliving their parent."""
