"""Both mappings as a careful person writes them in Python, with the checks that the mappings ask for.

Every function takes an event and gives [(action, payload)]; a value of a wrong type is left out and counted.
"""

import re
from collections import Counter

DROPS: Counter[str] = Counter()
TIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?\Z"
)
NOTHING = object()
EMPTY: dict = {}


def put(payload, name, value, kind):
    """A value that has to be of a type; null and nothing are left out."""
    if type(value) is kind:
        payload[name] = value
    elif value is not None:
        DROPS[name] += 1


def put_nullable(payload, name, value, *kinds):
    """The same where null is kept."""
    if value is NOTHING:
        return
    if value is None or type(value) in kinds:
        payload[name] = value
    else:
        DROPS[name] += 1


def put_time(payload, name, value, nullable=False):
    """A time as ISO 8601 text."""
    if type(value) is str and TIME.match(value):
        payload[name] = value
    elif value is None:
        if nullable:
            payload[name] = None
    elif value is not NOTHING:
        DROPS[name] += 1


def t1(event):
    """Heap's two actions."""
    kind = event.get("type")
    if kind in ("track", "page", "screen"):
        payload = {}
        message_id = event.get("messageId")
        if type(message_id) is not str:
            return [("trackEvent", ValueError("message_id"))]
        payload["message_id"] = message_id
        put_nullable(payload, "identity", event.get("userId", NOTHING), str)
        put(payload, "anonymous_id", event.get("anonymousId"), str)
        name = event.get("event")
        if type(name) is str and len(name) > 1024:
            name = name[:1024]
            DROPS["event"] += 1
        put(payload, "event", name, str)
        put(payload, "properties", event.get("properties"), dict)
        put_time(payload, "timestamp", event.get("timestamp"))
        payload["type"] = kind
        put(payload, "name", event.get("name"), str)
        context = event.get("context")
        if type(context) is dict:
            put(payload, "traits", context.get("traits"), dict)
        return [("trackEvent", payload)]
    if kind == "identify":
        payload = {}
        put_nullable(payload, "user_id", event.get("userId", NOTHING), str)
        put(payload, "anonymous_id", event.get("anonymousId"), str)
        put(payload, "traits", event.get("traits"), dict)
        return [("identifyUser", payload)]
    return []


def inside(value, key):
    """The object at a key, an empty one where there is none."""
    found = value.get(key)
    return found if type(found) is dict else EMPTY


def first(one, key, other, otherwise):
    """A member unless it is nothing or null, else another."""
    found = one.get(key)
    return found if found is not None else other.get(otherwise, NOTHING)


def take(payload, names, value, *kinds):
    """Members under new names."""
    for name, key in names:
        put_nullable(payload, name, value.get(key, NOTHING), *kinds)


def t2(event):
    """The wide one."""
    payload = {}
    context, properties = inside(event, "context"), inside(event, "properties")
    app, device, system = inside(context, "app"), inside(context, "device"), inside(context, "os")
    network, place, screen = inside(context, "network"), inside(context, "location"), inside(context, "screen")
    library, traits = inside(context, "library"), inside(context, "traits")
    put_nullable(payload, "user_id", event.get("userId", NOTHING), str)
    put_nullable(payload, "device_id", first(device, "id", event, "anonymousId"), str)
    put_nullable(payload, "event_type", first(event, "event", event, "name"), str)
    put_nullable(payload, "insert_id", event.get("messageId", NOTHING), str)
    put_time(payload, "time", first(event, "timestamp", event, "originalTimestamp"), nullable=True)
    put_nullable(payload, "session_id", context.get("sessionId", NOTHING), int)
    names = (("app_name", "name"), ("app_version", "version"), ("app_build", "build"), ("app_namespace", "namespace"))
    take(payload, names, app, str)
    name, version = app.get("name"), app.get("version")
    payload["app_label"] = f"{'' if name is None else name} {'' if version is None else version}"
    put_nullable(payload, "platform", first(device, "type", library, "name"), str)
    take(payload, (("os_name", "name"), ("os_version", "version")), system, str)
    put_nullable(payload, "device_brand", first(device, "brand", device, "manufacturer"), str)
    names = (("device_manufacturer", "manufacturer"), ("device_model", "model"), ("idfa", "advertisingId"))
    take(payload, names, device, str)
    put_nullable(payload, "carrier", network.get("carrier", NOTHING), str)
    take(payload, (("wifi", "wifi"), ("bluetooth", "bluetooth")), network, bool)
    put_nullable(payload, "country", first(place, "country", inside(traits, "address"), "country"), str)
    take(payload, (("region", "region"), ("city", "city")), place, str)
    take(payload, (("location_lat", "latitude"), ("location_lng", "longitude")), place, int, float)
    names = (("language", "locale"), ("timezone", "timezone"), ("ip", "ip"), ("user_agent", "userAgent"))
    take(payload, names, context, str)
    take(payload, (("screen_width", "width"), ("screen_height", "height")), screen, int)
    put_nullable(payload, "screen_density", screen.get("density", NOTHING), int, float)
    take(payload, (("library", "name"), ("library_version", "version")), library, str)
    put_nullable(payload, "price", properties.get("price", NOTHING), int, float)
    put_nullable(payload, "quantity", properties.get("quantity", NOTHING), int)
    put_nullable(payload, "revenue", first(properties, "revenue", properties, "total"), int, float)
    put_nullable(payload, "product_id", first(properties, "product_id", properties, "productId"), str)
    put_nullable(payload, "currency", properties.get("currency", NOTHING), str)
    put_nullable(payload, "email", traits.get("email", NOTHING), str)
    put_nullable(payload, "event_properties", event.get("properties", NOTHING), dict)
    put_nullable(payload, "user_properties", context.get("traits", NOTHING), dict)
    if type(products := properties.get("products")) is list:
        payload["products"] = [product(item) for item in products]
    page, campaign = {}, {}
    keys = ("url", "path", "referrer", "title", "search")
    take(page, zip(keys, keys, strict=True), inside(context, "page"), str)
    keys = ("name", "source", "medium", "term", "content")
    take(campaign, zip(keys, keys, strict=True), inside(context, "campaign"), str)
    return [("event", payload | {"page": page, "campaign": campaign})]


def product(item):
    """One of the products."""
    made = {}
    if type(item) is dict:
        put_nullable(made, "price", item.get("price", NOTHING), int, float)
        put_nullable(made, "quantity", item.get("quantity", NOTHING), int)
        put_nullable(made, "productId", item.get("product_id", NOTHING), str)
    return made


CHECKED = {"t1": t1, "t2": t2}
