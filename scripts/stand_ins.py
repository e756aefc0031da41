"""The outside world of the demo on loopback, until SIGTERM: Facebook's Graph API, the National Bank's rates, amoCRM,
a mail server with a page that shows its mails, Telegram.

``python -m scripts.stand_ins --graph-port 9001 --rates-port 9002 --amocrm-port 9003``; what has no port is not
started. They answer from the same seed and moment the demo was loaded with.
"""

import argparse
import signal
import threading
from contextlib import ExitStack

from core.business_time import BusinessCalendar
from core.settings import load_settings
from demo.amocrm_api import AmocrmStandIn
from demo.facebook_graph import GraphStandIn
from demo.feeds import crm_data_of, graph_data_of
from demo.mail_server import MailStandIn
from demo.national_bank import NationalBankStandIn
from demo.telegram_bot import TelegramStandIn
from demo.world import make_setting, make_world
from scripts.console import Trouble, ending_well


def main() -> int:
    """Answer until told to stop. Raises: Trouble outside demo mode."""
    ports = argparse.ArgumentParser(description="The outside world of the demo.")
    ports.add_argument("--graph-port", type=int)
    ports.add_argument("--rates-port", type=int)
    ports.add_argument("--amocrm-port", type=int)
    ports.add_argument("--mail-port", type=int)
    ports.add_argument("--mail-page-port", type=int)
    ports.add_argument("--telegram-port", type=int)
    asked = ports.parse_args()
    settings = load_settings()
    if not settings.demo or settings.demo_now is None:
        raise Trouble("The stand-ins belong to demo mode.")
    today = BusinessCalendar(settings.business_timezone).day_of(settings.demo_now)
    now, leads, zone = settings.demo_now, settings.demo_leads, settings.business_timezone
    setting = make_setting(today=today, now=now, leads=leads, zone=zone)
    servers = []
    if asked.graph_port:
        servers.append(GraphStandIn(graph_data_of(setting), settings.facebook_app_id or "",
                                    settings.facebook_app_secret or "", asked.graph_port).server)
    if asked.rates_port:
        servers.append(NationalBankStandIn(setting.rates, asked.rates_port, setting.other_rates).server)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with ExitStack() as running:
        for server in servers:
            running.enter_context(server)
        if asked.mail_port:
            running.enter_context(MailStandIn(asked.mail_port, asked.mail_page_port or 0))
        if asked.telegram_port:
            running.enter_context(TelegramStandIn(asked.telegram_port))
        if asked.amocrm_port:
            world = make_world(today=today, now=now, leads=leads, zone=zone)
            running.enter_context(AmocrmStandIn(crm_data_of(world), asked.amocrm_port).server)
        stop.wait()
    return 0


if __name__ == "__main__":
    ending_well(main)
