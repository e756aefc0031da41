"""A stand-in for Facebook's Graph API on loopback: the Marketing API edges the product reads, by the true protocol.

Invariant: it answers only from its ``GraphData``; a request without a known token, or without the right
``appsecret_proof`` when an application secret is set, gets the error the true Graph gives.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from core.records import AdAccount
from demo.graph_ads import AD_FIELDS
from demo.graph_answers import (
    ACCOUNT_FIELDS,
    CAMPAIGN_FIELDS,
    INSIGHT_FIELDS,
    GraphIndex,
    GraphRefusal,
    Paging,
    account_row,
    page,
    pick_fields,
    read_list,
)
from demo.graph_conversions import GraphConversions
from demo.graph_data import GraphData
from demo.graph_faults import GRAPH_FAULTS
from demo.graph_reports import GraphReports
from demo.graph_sign_in import GraphSignIn
from demo.loopback import Answer, Fault, LoopbackServer, Request


class GraphStandIn:
    """The stand-in as a running server; ``data`` may be replaced while it runs (Facebook restates the past)."""

    def __init__(self, data: GraphData, app_id: str = "1000000000000000", app_secret: str = "", port: int = 0,
                 paging: Paging | None = None, account_paging: Paging | None = None,
                 timeout_seconds: float = 30.0) -> None:
        self._index = GraphIndex(data)
        self._app_id = app_id
        self._app_secret = app_secret
        self._paging = paging or Paging()
        # Three pages of accounts at least, the second of them empty, so that no reader can stop too early unnoticed.
        self._account_paging = account_paging or Paging(largest=max(1, len(data.accounts) // 3), gap=True)
        # Campaigns that Graph leaves out of its insights by mistake, while the account's total holds their money.
        self.hidden_campaigns: set[str] = set()
        # Accounts whose insights are too much to be told at once, however little is asked for.
        self.too_much: set[str] = set()
        self.reports = GraphReports()
        self.conversions = GraphConversions()
        self.sign_in = GraphSignIn(lambda: self._index.data.tokens, app_id, app_secret)
        self.server = LoopbackServer(self._answer, port, GRAPH_FAULTS, timeout_seconds)
        self._routes: list[tuple[re.Pattern[str], Callable[[Request, str], dict[str, Any]]]] = [
            (re.compile(r"/me"), lambda request, token: self.sign_in.me(token)),
            (re.compile(r"/me/adaccounts"), self._accounts),
            (re.compile(r"/me/permissions"), self.sign_in.permissions),
            (re.compile(r"/act_(?P<account>\d+)"), self._account),
            (re.compile(r"/act_(?P<account>\d+)/campaigns"), self._campaigns),
            (re.compile(r"/act_(?P<account>\d+)/ads"), self._ads),
            (re.compile(r"/act_(?P<account>\d+)/insights"), self._insights),
            (re.compile(r"/\d+"), lambda request, token: self.reports.state(_last_number(request))),
            (re.compile(r"/\d+/insights"), self._report),
            (re.compile(r"/\d+/events"), lambda request, token: self.conversions.take(_last_number(request), request)),
        ]

    @property
    def data(self) -> GraphData:
        """What it answers from."""
        return self._index.data

    @data.setter
    def data(self, data: GraphData) -> None:
        self._index = GraphIndex(data)

    @property
    def url(self) -> str:
        """Base address for ``FACEBOOK_GRAPH_URL``."""
        return self.server.url

    def fail_next(self, path_part: str, fault: str | Fault, times: int = 1) -> None:
        """Let the next ``times`` requests to a path containing ``path_part`` meet a fault of ``GRAPH_FAULTS``."""
        self.server.faults.plan(path_part, GRAPH_FAULTS[fault] if isinstance(fault, str) else fault, times)

    def start(self) -> "GraphStandIn":
        """Answer from now on."""
        self.server.start()
        return self

    def stop(self) -> None:
        """Stop answering."""
        self.server.stop()

    def __enter__(self) -> "GraphStandIn":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _answer(self, request: Request) -> Answer:
        try:
            if request.path.endswith("/dialog/oauth"):
                return self.sign_in.dialog(request)
            return Answer(200, self._body(request), _usage_headers())
        except GraphRefusal as refusal:
            return Answer(refusal.status, refusal.body, _usage_headers())

    def _body(self, request: Request) -> dict[str, Any]:
        version, _, path = request.path.lstrip("/").partition("/")
        if not re.fullmatch(r"v\d+\.\d+", version):
            raise GraphRefusal(400, 2500, "Unknown path components: " + request.path)
        if path == "oauth/access_token":
            return self.sign_in.exchange(request)
        if path == "debug_token":
            return self.sign_in.debug_token(request)
        for pattern, route in self._routes:
            if pattern.fullmatch("/" + path):
                return route(request, self._token(request))
        raise GraphRefusal(400, 2500, "Unknown path components: /" + path)

    def _token(self, request: Request) -> str:
        token = request.bearer or request.query.get("access_token")
        if not token:
            raise GraphRefusal(400, 2500, "An active access token must be used to query information about the "
                               "current user.")
        self.sign_in.check(token)
        if self._app_secret:
            proof = hmac.new(self._app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            given = request.query.get("appsecret_proof")
            if given is None:
                raise GraphRefusal(400, 100, "API calls from the server require an appsecret_proof argument",
                                   kind="GraphMethodException")
            if not hmac.compare_digest(proof, given):
                raise GraphRefusal(400, 100, "Invalid appsecret_proof provided in the API argument",
                                   kind="GraphMethodException")
        return self.sign_in.meant(token)

    def _address(self, request: Request, token: str) -> tuple[dict[str, str], str]:
        return {"access_token": token, **request.query}, self.url + request.path

    def _accounts(self, request: Request, token: str) -> dict[str, Any]:
        rows = pick_fields(self._index.account_rows(token), request.query.get("fields"),
                           (*ACCOUNT_FIELDS, "timezone_offset_hours_utc", "disable_reason", "business"),
                           ("account_id", "id"))
        return page(rows, *self._address(request, token), self._account_paging)

    def _account(self, request: Request, token: str) -> dict[str, Any]:
        account = self._index.account(_account_id(request), token)
        return pick_fields([account_row(account)], request.query.get("fields"), ACCOUNT_FIELDS, ("account_id", "id"))[0]

    def _campaigns(self, request: Request, token: str) -> dict[str, Any]:
        account = self._index.account(_account_id(request), token)
        statuses = read_list(request.query.get("effective_status")) or None
        rows = pick_fields(self._index.campaign_rows(account.id, statuses), request.query.get("fields"),
                           (*CAMPAIGN_FIELDS, "created_time", "updated_time"), ("id",))
        return page(rows, *self._address(request, token), self._paging)

    def _ads(self, request: Request, token: str) -> dict[str, Any]:
        account = self._index.account(_account_id(request), token)
        statuses = read_list(request.query.get("effective_status")) or None
        rows = pick_fields(self._index.ad_rows(account.id, statuses), request.query.get("fields"), AD_FIELDS, ("id",))
        return page(rows, *self._address(request, token), self._paging)

    def _insights(self, request: Request, token: str) -> dict[str, Any]:
        account = self._index.account(_account_id(request), token)
        if request.method == "POST":
            return self.reports.order(account.id, request.query)
        if account.id in self.too_much and request.query.get("level") != "account":
            raise GraphRefusal(500, 1, "Please reduce the amount of data you're asking for, then retry your request")
        return self._rows(account, request, token)

    def _report(self, request: Request, token: str) -> dict[str, Any]:
        account_id, asked = self.reports.ordered(_last_number(request))
        ordered = replace(request, query={**asked, **request.query})
        return self._rows(self._index.account(account_id, token), ordered, token)

    def _rows(self, account: AdAccount, request: Request, token: str) -> dict[str, Any]:
        found = self._index.insight_rows(account, request.query, _today())
        found = [row for row in found if row.get("campaign_id") not in self.hidden_campaigns]
        rows = pick_fields(found, request.query.get("fields"),
                           INSIGHT_FIELDS, ("account_id", "impressions", "spend"), ("date_start", "date_stop"))
        return page(rows, *self._address(request, token), self._paging)


def _last_number(request: Request) -> str:
    return re.findall(r"/(\d+)", request.path)[-1]


def _account_id(request: Request) -> str:
    found = re.search(r"/act_(\d+)", request.path)
    return found.group(1) if found else ""


def _today() -> date:
    return datetime.now(UTC).date()


def _usage_headers() -> dict[str, str]:
    return {"x-app-usage": '{"call_count":1,"total_cputime":1,"total_time":1}',
            "x-ad-account-usage": '{"acc_id_util_pct":1.5,"reset_time_duration":0,'
                                  '"ads_api_access_tier":"development_access"}',
            "facebook-api-version": "v26.0"}
