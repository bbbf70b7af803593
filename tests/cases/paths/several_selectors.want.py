# $.a['x', -1, 1:].b
def query(value, event):
    found = []
    if isinstance(value, dict) and 'a' in value:
        chosen1 = []
        v1 = value['a']
        if isinstance(v1, dict) and 'x' in v1:
            chosen1.append(v1['x'])
        if isinstance(v1, list) and len(v1) >= 1:
            chosen1.append(v1[-1])
        if isinstance(v1, list):
            chosen1.extend(v1[1:])
        for v2 in chosen1:
            if isinstance(v2, dict) and 'b' in v2:
                found.append(v2['b'])
    return found
