"""What people and Prometheus see of a running server: a page, its figures, the metrics."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ..delivery.report import read_flows, read_unmapped, show_flow
from ..json_text import encode
from .service import Service

Draw = Callable[[Service, Counter[int]], bytes]
TEXT = "text/plain; version=0.0.4; charset=utf-8"


def draw_page(service: Service, replies: Counter[int]) -> bytes:
    """The page; it fetches its figures itself."""
    return _page()


def draw_figures(service: Service, replies: Counter[int]) -> bytes:
    """The figures as JSON."""
    now = time.time()
    flows = read_flows(service.folder, now)
    return encode({
        "now": now,
        "since": service.running.since,
        "received": dict(service.received),
        "replies": {str(status): count for status, count in replies.items()},
        "unmapped": read_unmapped(service.folder),
        "cap": service.running.spool.cap,
        "flows": [show_flow(flow, now) for flow in flows],
    })  # fmt: skip


def draw_metrics(service: Service, replies: Counter[int]) -> bytes:
    """The metrics as Prometheus reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(service, replies))
    return generate_latest(registry)


VIEWS: Mapping[str, tuple[str, Draw]] = {
    "/": ("text/html; charset=utf-8", draw_page),
    "/status.json": ("application/json", draw_figures),
    "/metrics": (TEXT, draw_metrics),
}


class _Figures(Collector):
    def __init__(self, service: Service, replies: Counter[int]) -> None:
        self._service = service
        self._replies = replies

    def collect(self) -> Iterable[Metric]:
        """The metrics of this moment."""
        service, running = self._service, self._service.running
        replies = CounterMetricFamily("atpath_replies", "Replies to clients", labels=["status"])
        for status, count in self._replies.items():
            replies.add_metric([str(status)], count)
        yield replies
        received = CounterMetricFamily("atpath_events_received", "Events in uploads", labels=["source"])
        for source, count in service.received.items():
            received.add_metric([source], count)
        yield received
        yield GaugeMetricFamily("atpath_spool_bytes", "Bytes that wait", value=running.spool.waiting_bytes)
        yield GaugeMetricFamily("atpath_spool_cap_bytes", "Bytes that may wait", value=running.spool.cap)
        unmapped = read_unmapped(service.folder)
        yield GaugeMetricFamily("atpath_events_unmapped", "Events that wait to be mapped", value=unmapped)
        yield from _mapped(service)
        yield from _delivered(service)


def _mapped(service: Service) -> Iterable[Metric]:
    matched = CounterMetricFamily(
        "atpath_events_matched", "Events an action's trigger held for", labels=["destination", "action"]
    )
    rejected = CounterMetricFamily(
        "atpath_events_rejected", "Events the mapping refused", labels=["destination", "action", "row", "code"]
    )
    unmatched = CounterMetricFamily("atpath_events_unmatched", "Events of no action", labels=["destination"])
    for intake, _ in service.running.inlets:
        for action, count in intake.tally.matched.items():
            matched.add_metric([intake.name, action], count)
        by_code = Counter[tuple[str, str, str]]()
        for (action, row, code, _), count in intake.tally.rejected.items():
            by_code[action or "", row or "", code] += count
        for labels, count in by_code.items():
            rejected.add_metric([intake.name, *labels], count)
        unmatched.add_metric([intake.name], intake.tally.unmatched)
    return matched, rejected, unmatched


def _delivered(service: Service) -> Iterable[Metric]:
    names = ["destination", "lane"]
    requests = CounterMetricFamily("atpath_requests", "Requests to Heap", labels=names)
    delivered = CounterMetricFamily("atpath_parcels_delivered", "Items Heap took", labels=names)
    buried = CounterMetricFamily("atpath_parcels_dead", "Items Heap refused", labels=names)
    halted = GaugeMetricFamily("atpath_halted", "1 where delivery has stopped", labels=names)
    waiting = GaugeMetricFamily("atpath_parcels_waiting", "Items that wait", labels=["destination"])
    for lane in service.running.deliverer.lanes:
        labels = [lane.destination, str(lane.number)]
        requests.add_metric(labels, lane.sent)
        delivered.add_metric(labels, lane.items.total())
        buried.add_metric(labels, lane.buried)
        halted.add_metric(labels, int(lane.halted is not None))
    for flow in read_flows(service.folder, time.time()):
        waiting.add_metric([flow.destination], flow.waiting)
    return requests, delivered, buried, halted, waiting


@cache
def _page() -> bytes:
    return files("atpath.runtime.serve").joinpath("monitor.html").read_bytes()
