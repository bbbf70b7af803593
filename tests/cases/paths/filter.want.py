# $.items[?@.price < 10].name
def query(value, event):
    found = []
    if isinstance(value, dict) and 'items' in value:
        for v1 in children(value['items']):
            if isinstance(v1, dict) and type(v2 := v1.get('price')) in (int, float) and v2 < 10:
                if 'name' in v1:
                    found.append(v1['name'])
    return found
