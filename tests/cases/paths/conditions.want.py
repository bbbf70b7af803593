# $[?@.kind == 'x' && (@.n != 1 || !@.ok) && @.z == null]
def query(value, event):
    found = []
    for v1 in children(value):
        if isinstance(v1, dict) and v1.get('kind') == 'x' and (not (type(v2 := v1.get('n')) in (int, float) and v2 == 1) or not ('ok' in v1)) and 'z' in v1 and v1['z'] is None:
            found.append(v1)
    return found
