"""The outside world of the demo: a stand-in for Facebook's Graph API on loopback, until SIGTERM.

``python -m scripts.stand_ins --graph-port 9001``. It answers from the same seed and moment the demo was loaded with.
"""

import argparse
import signal
import threading

from core.business_time import BusinessCalendar
from core.settings import load_settings
from demo.facebook_graph import GraphStandIn
from demo.feeds import graph_data_of
from demo.world import make_setting
from scripts.console import Trouble, ending_well


def main() -> int:
    """Answer until told to stop. Raises: Trouble outside demo mode."""
    ports = argparse.ArgumentParser(description="The outside world of the demo.")
    ports.add_argument("--graph-port", type=int, required=True)
    graph_port = ports.parse_args().graph_port
    settings = load_settings()
    if not settings.demo or settings.demo_now is None:
        raise Trouble("The stand-ins belong to demo mode.")
    today = BusinessCalendar(settings.business_timezone).day_of(settings.demo_now)
    world = make_setting(today=today, now=settings.demo_now, leads=settings.demo_leads, zone=settings.business_timezone)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    graph = GraphStandIn(graph_data_of(world), settings.facebook_app_id or "", settings.facebook_app_secret or "",
                         graph_port)
    with graph.server:
        stop.wait()
    return 0


if __name__ == "__main__":
    ending_well(main)
