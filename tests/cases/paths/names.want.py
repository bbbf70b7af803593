# $.a[*].b
def query(value, event):
    found = []
    if isinstance(value, dict) and 'a' in value:
        for v1 in children(value['a']):
            if isinstance(v1, dict) and 'b' in v1:
                found.append(v1['b'])
    return found
