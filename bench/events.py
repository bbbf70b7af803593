"""Events to measure with: what a shop's site and app send, 1 to 1.5 KB a line; the same seed gives the same bytes."""

import json
import random
from pathlib import Path

SEED = 7
WORDS = ("tea", "cup", "pot", "Grün", "thé", "急須", "tray", "kettle", 'a "good" one', "whisk")
CITIES = (
    ("DE", "Berlin", 52.52, 13.4),
    ("FR", "Orléans", 47.9, 1.9),
    ("JP", "京都", 35.0, 135.77),
    ("US", "Austin", 30.27, -97.74),
)


def write_events(path: Path, number: int) -> Path:
    """A file of so many events."""
    maker = random.Random(SEED)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for at in range(number):
            file.write(json.dumps(event(maker, at), ensure_ascii=False, separators=(",", ":")) + "\n")
    return path


def event(maker: random.Random, at: int) -> dict[str, object]:
    """One event: six in ten tracked, a fifth a page, the rest screens and people."""
    kind = maker.choices(("track", "page", "screen", "identify"), (60, 20, 5, 15))[0]
    web = kind == "page" or maker.random() < 0.5
    made: dict[str, object] = {
        "timestamp": stamp(at * 20), "messageId": name(maker, 32), "anonymousId": name(maker, 36), "type": kind,
        "userId": maker.choice((None, f"u-{maker.randrange(9999)}")), "context": context(maker, web),
        "originalTimestamp": stamp(at * 20 - 40), "receivedAt": stamp(at * 20 + 300), "sentAt": stamp(at * 20 + 9),
        "integrations": {"All": True}, "version": 2, "writeKey": "K1r2t3",
    }  # fmt: skip
    if kind == "identify":
        made["traits"] = traits(maker) | {"company": {"name": maker.choice(WORDS), "size": maker.randrange(900)}}
    else:
        made["properties"] = properties(maker, kind)
        made["event" if kind == "track" else "name"] = maker.choice(("Tea Chosen", "Home", "Basket", "Order Sent"))
    return made if web else dict(sorted(made.items()))


def properties(maker: random.Random, kind: str) -> dict[str, object]:
    """More about the event."""
    made: dict[str, object] = {
        f"test_{maker.randrange(40)}": maker.choice(("a", 1, True, None, 0.25)) for _ in range(3)
    }
    if kind == "track" and maker.random() < 0.3:
        items = [
            {
                "product_id": name(maker, 12),
                "price": price(maker),
                "quantity": maker.randrange(1, 6),
                "name": maker.choice(WORDS),
            }
            for _ in range(maker.randrange(1, 4))
        ]
        made |= {"total": price(maker), "currency": "EUR", "coupon": maker.choice((None, "MAY")), "products": items}
    elif kind == "track":
        made |= {"price": price(maker), "quantity": maker.randrange(1, 5), "product_id": name(maker, 12)}
        made |= {"label": maker.choice(WORDS), "filters": {"kind": maker.choice(WORDS), "from": maker.randrange(9)}}
    else:
        made |= {"path": "/tea", "title": "Tea | Shop", "url": "https://shop.example/tea", "referrer": "", "search": ""}
    return made


def context(maker: random.Random, web: bool) -> dict[str, object]:
    """Where it came from."""
    country, city, latitude, longitude = maker.choice(CITIES)
    made: dict[str, object] = {
        "ip": f"203.0.113.{maker.randrange(255)}", "locale": "de-DE", "timezone": "Europe/Berlin",
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0",
        "library": {"name": "analytics.js" if web else "analytics-ios", "version": "2.11.1"},
        "screen": {"width": 1440, "height": 900, "density": maker.choice((1, 2, 2.625))},
        "app": {"name": "Shop", "version": f"4.{maker.randrange(20)}.0"},
        "os": {"name": "iOS", "version": "17.4"},
    }  # fmt: skip
    if maker.random() < 0.6:
        made["traits"] = traits(maker)
    if web:
        made["page"] = {"path": "/tea", "title": "Tea", "url": "https://shop.example/tea", "referrer": "", "search": ""}
        made["campaign"] = {"name": "may", "source": "mail", "medium": "email"}
    else:
        made["device"] = {"id": name(maker, 36), "manufacturer": "Apple", "model": "iPhone15,2", "type": "ios"}
        made["network"] = {"carrier": maker.choice(("One", None)), "wifi": True, "bluetooth": False}
        made["location"] = {"country": country, "city": city, "latitude": latitude, "longitude": longitude}
    return made


def traits(maker: random.Random) -> dict[str, object]:
    """What is known about a person."""
    made: dict[str, object] = {"email": f"{name(maker, 8)}@example.com", "plan": maker.choice(("free", "team", None))}
    if maker.random() < 0.5:
        made["address"] = {"city": maker.choice(CITIES)[1], "country": maker.choice(CITIES)[0]}
    return made


def name(maker: random.Random, length: int) -> str:
    """A name of hexadecimal digits."""
    return f"{maker.getrandbits(4 * length):0{length}x}"


def price(maker: random.Random) -> float:
    """An amount of money."""
    return round(maker.uniform(1, 400), 2)


def stamp(passed: int) -> str:
    """So many milliseconds behind the first event."""
    seconds, thousandths = divmod(passed + 10_000, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"2024-05-{days % 28 + 1:02}T{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}Z"
