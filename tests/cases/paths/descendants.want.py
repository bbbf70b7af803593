# $..b
def query(value, event):
    found = []
    for v1 in below(value):
        if isinstance(v1, dict) and 'b' in v1:
            found.append(v1['b'])
    return found
