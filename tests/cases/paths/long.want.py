# $[*]..a[*]..a[*]..a[*]..a
def query(value, event):
    found = []
    matches1 = []
    for v1 in children(value):
        for v2 in below(v1):
            if isinstance(v2, dict) and 'a' in v2:
                for v3 in children(v2['a']):
                    for v4 in below(v3):
                        if isinstance(v4, dict) and 'a' in v4:
                            for v5 in children(v4['a']):
                                for v6 in below(v5):
                                    if isinstance(v6, dict) and 'a' in v6:
                                        matches1.append(v6['a'])
    for v7 in matches1:
        for v8 in children(v7):
            for v9 in below(v8):
                if isinstance(v9, dict) and 'a' in v9:
                    found.append(v9['a'])
    return found
