# $[?match(@.sku, '[A-Z]{2}.*') && count(@.tags[*]) > 2 && length(@.sku) <= value(@..max)]
query_pattern1 = re.compile('[A-Z]{2}[^\\n\\r]*')
def query(value, event):
    def select1(v3):
        found = []
        if isinstance(v3, dict) and 'tags' in v3:
            found.extend(children(v3['tags']))
        return found

    def select2(v5):
        found = []
        for v6 in below(v5):
            if isinstance(v6, dict) and 'max' in v6:
                found.append(v6['max'])
        return found

    found = []
    for v1 in children(value):
        if isinstance(v1, dict) and isinstance(v2 := v1.get('sku'), str) and query_pattern1.fullmatch(v2) and len(select1(v1)) > 2 and at_most(len(v4) if isinstance(v4 := v1.get('sku'), (str, list, dict)) else NOTHING, only(select2(v1))):
            found.append(v1)
    return found
