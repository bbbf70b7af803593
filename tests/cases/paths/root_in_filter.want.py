# $.items[?@.price > $.limits.price && @.id == @.ref]
def query(value, event):
    v3 = v2.get('price', NOTHING) if isinstance(value, dict) and isinstance(v2 := value.get('limits'), dict) else NOTHING
    found = []
    if isinstance(value, dict) and 'items' in value:
        for v1 in children(value['items']):
            if less(v3, v1.get('price', NOTHING) if isinstance(v1, dict) else NOTHING) and same(v1.get('id', NOTHING) if isinstance(v1, dict) else NOTHING, v1.get('ref', NOTHING) if isinstance(v1, dict) else NOTHING):
                found.append(v1)
    return found
