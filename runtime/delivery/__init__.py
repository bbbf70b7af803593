"""From requests to Heap: the spool, the lanes that empty it, and what becomes of what Heap refuses."""
