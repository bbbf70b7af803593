# $[1:3][::-1]
def query(value, event):
    found = []
    if isinstance(value, list):
        for v1 in value[1:3]:
            if isinstance(v1, list):
                found.extend(v1[::-1])
    return found
