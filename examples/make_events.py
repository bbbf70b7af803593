"""Make `heap.ndjson`: 200 lines of events as a shop's web site and app send them, some of them wrong.

    python examples/make_events.py > examples/heap.ndjson

The same seed gives the same bytes.
"""

import json
import random
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

Event = dict[str, Any]

SEED = 2024
COUNT = 200
START = datetime(2024, 5, 1, 8, 0, tzinfo=UTC)

PEOPLE = (
    ("u-1001", "Ada Brandt", "ada@example.com", "team"),
    ("u-1002", "Bela Ōno", "bela@example.com", "free"),
    ("u-1003", "Chidi Okafor", "chidi@example.com", "team"),
    ("u-1004", "Dana Müller", "dana@example.com", "business"),
    ("u-1005", "Émile Roux", "emile@example.com", "free"),
)
PRODUCTS = (("tea-01", "Green tea", 6.5), ("cup-07", "Blue cup", 12), ("pot-03", "Clay pot", 48.9))
PAGES = (("Home", "/"), ("Catalogue", "/tea"), ("Basket", "/basket"), ("Help", "/help?topic=shipping"))
SCREENS = ("Start", "Product", "Basket", "Settings")


class Maker:
    """Events one after another, with a clock and a die of their own."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now = START

    def common(self, kind: str) -> Event:
        """What every event has; half of the visitors are known."""
        self.now += timedelta(milliseconds=self.random.randint(200, 90_000))
        who, name, email, plan = self.random.choice(PEOPLE)
        event: Event = {
            "type": kind,
            "messageId": str(uuid.UUID(int=self.random.getrandbits(128), version=4)),
            "anonymousId": f"anon-{who}",
            "timestamp": self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "context": {
                "ip": "203.0.113.7",
                "locale": self.random.choice(("en-GB", "de-DE", "fr-FR")),
                "library": {"name": "analytics.js", "version": "4.1.0"},
            },
        }
        if self.random.random() < 0.5:
            event["userId"] = who
            event["context"]["traits"] = {"email": email, "name": name, "plan": plan}
        return event

    def track(self) -> Event:
        """Something was done."""
        sku, name, price = self.random.choice(PRODUCTS)
        count = self.random.randint(1, 4)
        action, properties = self.random.choice(
            (
                ("Product Viewed", {"sku": sku, "name": name, "price": price, "in_stock": True}),
                ("Product Added", {"sku": sku, "quantity": count, "price": price, "coupon": None}),
                ("Search", {"query": self.random.choice(("tea", "thé vert", "茶")), "results": count * 7}),
                (
                    "Order Completed",
                    {
                        "order_id": f"o-{self.random.randint(1000, 9999)}",
                        "total": round(price * count, 2),
                        "currency": "EUR",
                        "products": [{"sku": sku, "quantity": count, "price": price}],
                        "address": {"city": "Köln", "geo": {"lat": 50.94, "lon": 6.96}},
                    },
                ),
            )
        )
        return {**self.common("track"), "event": action, "properties": properties}

    def page(self) -> Event:
        """A page was seen."""
        name, path = self.random.choice(PAGES)
        url = f"https://shop.example.com{path}"
        return {**self.common("page"), "name": name, "properties": {"path": path, "url": url, "referrer": ""}}

    def screen(self) -> Event:
        """A screen of the app was seen."""
        name = self.random.choice(SCREENS)
        return {**self.common("screen"), "name": name, "properties": {"dark": self.random.random() < 0.5}}

    def identify(self) -> Event:
        """A visitor said who they are."""
        who, name, email, plan = self.random.choice(PEOPLE)
        event = self.common("identify")
        event["context"].pop("traits", None)
        traits = {"email": email, "name": name, "plan": plan, "logins": self.random.randint(1, 60)}
        return {**event, "userId": who, "traits": traits}


def without(event: Event, *names: str) -> Event:
    """The event without some of its members."""
    return {name: value for name, value in event.items() if name not in names}


def odd_lines(make: Maker) -> Iterator[str]:
    """One line of each kind that a mapping, the reader or Heap has something to say about."""
    events: list[Event] = [
        without(make.track(), "messageId"),
        {**make.page(), "messageId": None},
        {**make.track(), "messageId": {"id": 7}},
        {**make.track(), "messageId": 1234567890},  # a number is an id all the same
        {**make.track(), "messageId": "m-7"},  # short, but an id
        without(make.track(), "anonymousId", "userId"),
        {**make.screen(), "anonymousId": ["a", "b"]},
        {**make.page(), "timestamp": "yesterday"},
        without(make.page(), "timestamp"),
        {**make.track(), "timestamp": "2024-05-01T10:15:00+02:00"},
        {**make.track(), "event": "Read " + "very " * 250 + "long text"},
        {**make.track(), "properties": {"note": "n" * 1500, "tags": ["a", "b"], "empty": {}}},
        {**make.track(), "properties": "none"},
        {**make.track(), "properties": {"a": {"b": {"c": [1, {"d": True}]}}, "a.b": 2}},
        without(make.identify(), "userId"),
        {**make.identify(), "userId": None},
        {**make.identify(), "userId": "undefined"},
        {**make.identify(), "userId": " "},
        {**make.identify(), "userId": 0},
        {**make.identify(), "userId": "u" * 300},
        {**make.identify(), "traits": {"id": 9, "email": "fay@example.com", "vip": False}},
        {**make.identify(), "traits": ["no", "object"]},
        {**without(make.common("group"), "userId"), "groupId": "g-1", "traits": {"name": "Tea Ltd"}},
        {**make.common("alias"), "previousId": "anon-0"},
        without(make.track(), "type"),
        {},
    ]
    yield from (line(event) for event in events)
    yield from (
        "no JSON at all",
        '{"type": "track", "event": "cut sho',
        '["an", "array"]',
        '"a text"',
        "null",
        "7",
    )
    yield '{"type": "track", "messageId": "not-a-number", "anonymousId": "a", "properties": {"score": NaN}}'
    yield '{"type": "track", "messageId": "half-a-pair", "anonymousId": "a", "event": "\\ud83d"}'
    yield f'{{"type": "track", "messageId": "400-digits", "properties": {{"n": {"9" * 400}}}}}'
    yield f'{{"type": "track", "messageId": "250-deep", "properties": {"[" * 250}{"]" * 250}}}'


def line(event: Event) -> str:
    """The event as it stands in the file."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def make_lines(seed: int = SEED, count: int = COUNT) -> list[str]:
    """The lines of the file."""
    make = Maker(seed)
    odd = list(odd_lines(make))
    kinds: list[Callable[[], Event]] = [
        make.track,
        make.track,
        make.page,
        make.page,
        make.screen,
        make.identify,
    ]
    plain = [line(make.random.choice(kinds)()) for _ in range(count - len(odd))]
    lines = plain
    for text in odd:
        lines.insert(make.random.randint(0, len(lines)), text)
    return lines


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    print("\n".join(make_lines()))
