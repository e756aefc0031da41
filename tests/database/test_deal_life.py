"""Deals live as people lead them: whatever happens, in whatever order it is told, the tables say what a model says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from data.engine import Database
from tests.database.inbox_world import EXPRESS, FLAGMAN, LOST, OPEN, WON, Company, at, deal, hook

PRODUCTS = {EXPRESS: "express", FLAGMAN: "flagman"}
PRICES = st.sampled_from([None, 0, 4000, 5000, 490000])
DEALS = count(700_001)


@dataclass
class Sale:
    """A sale as somebody with a notebook would keep it."""

    sold_at: datetime
    amount: Decimal | None
    stands: bool = True


@dataclass
class Life:
    """What is true of a deal: where it stands, its price, its sales by product."""

    pipeline: int = EXPRESS
    status: int = OPEN
    price: Decimal | None = None
    is_deleted: bool = False
    sales: dict[str, Sale] = field(default_factory=dict)

    def move(self, pipeline: int, status: int, price: int | None, moment: datetime) -> None:
        """The deal goes to a stage; a price of nothing or 0 is unknown, an absent one stays."""
        was_won, self.status = self.status == WON, status
        left, self.pipeline = self.pipeline, pipeline
        if was_won and (status != WON or left != pipeline):
            self.sales[PRODUCTS[left]].stands = False
        if price is not None:
            self.price = Decimal(price) if price else None
        if status == WON:
            if not was_won or left != pipeline:
                self.sales[PRODUCTS[pipeline]] = Sale(moment, self.price)
            self.sales[PRODUCTS[pipeline]].amount = self.price

    def delete(self) -> None:
        """A deleted deal is no sale."""
        self.is_deleted = True
        if self.status == WON:
            self.sales[PRODUCTS[self.pipeline]].stands = False

    def restore(self) -> None:
        """It comes back as it was: the same sale, not another one."""
        self.is_deleted = False
        if self.status == WON:
            self.sales[PRODUCTS[self.pipeline]].stands = True

    def rows(self) -> list[tuple[Any, ...]]:
        """What the table of sales has to hold."""
        return sorted((product, sale.sold_at, sale.amount, not sale.stands) for product, sale in self.sales.items())


class DealLife(RuleBasedStateMachine):
    """One deal; deliveries come at once, late, or twice."""

    company: Company

    @initialize()
    def begin(self) -> None:
        self.deal_id, self.minute, self.life = next(DEALS), 0, Life()
        self.held: list[Callable[[], None]] = []
        self.told: list[bytes] = []
        self._tell(deal(self.deal_id, at(0), OPEN, action="add"), is_late=False)

    @precondition(lambda self: not self.life.is_deleted)
    @rule(pipeline=st.sampled_from([EXPRESS, FLAGMAN]), status=st.sampled_from([OPEN, WON, WON, LOST]), price=PRICES,
          is_late=st.booleans())
    def move(self, pipeline: int, status: int, price: int | None, is_late: bool) -> None:
        moment = self._later()
        said = {} if price is None else {"price": price}
        self.life.move(pipeline, status, price, moment)
        self._tell(deal(self.deal_id, moment, status, pipeline, **said), is_late)

    @precondition(lambda self: not self.life.is_deleted)
    @rule(price=PRICES.filter(lambda price: price is not None), is_late=st.booleans())
    def edit_the_price(self, price: int, is_late: bool) -> None:
        moment = self._later()
        self.life.move(self.life.pipeline, self.life.status, price, moment)
        self._tell(deal(self.deal_id, moment, self.life.status, self.life.pipeline, "update", price=price), is_late)

    @precondition(lambda self: not self.life.is_deleted)
    @rule()
    def delete(self) -> None:
        """It has no time of its own: what it is told with is its receipt."""
        moment = self._later()
        self.life.delete()
        self._send(hook(deal(self.deal_id, None, self.life.status, self.life.pipeline, "delete")), moment)

    @precondition(lambda self: self.life.is_deleted)
    @rule(is_late=st.booleans())
    def restore(self, is_late: bool) -> None:
        moment = self._later()
        self.life.restore()
        self._tell(deal(self.deal_id, moment, self.life.status, self.life.pipeline, "restore"), is_late)

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        self._send(data.draw(st.sampled_from(self.told)), at(50_000 + self.minute))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def arrive_late(self, data: st.DataObject) -> None:
        self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))()

    @invariant()
    def the_tables_say_what_is_true(self) -> None:
        """As soon as everything arrived."""
        if hasattr(self, "life") and not self.held:
            self._compare()

    def teardown(self) -> None:
        """Whatever is still under way arrives, the last first."""
        if hasattr(self, "life"):
            while self.held:
                self.held.pop()()
            self._compare()

    def _later(self) -> datetime:
        self.minute += 20   # two without a time of their own are one when they come within ten minutes
        return at(self.minute)

    def _tell(self, event: tuple[str, str, dict[str, Any]], is_late: bool) -> None:
        body, received_at = hook(event), at(self.minute)
        self.told.append(body)
        if is_late:
            self.held.append(lambda: self._send(body, at(50_000)))
        else:
            self._send(body, received_at)

    def _send(self, body: bytes, received_at: datetime) -> None:
        self.company.send(body, received_at)
        self.company.work()

    def _compare(self) -> None:
        rows = self.company.rows("SELECT product, sale_date, sale_amount, is_reversed FROM all_sales_tracking"
                                 " WHERE deal_id = :deal_id ORDER BY product", deal_id=self.deal_id)
        assert [tuple(row.values()) for row in rows] == self.life.rows()
        (known,) = self.company.rows("SELECT status_id, pipeline_id, price, is_deleted FROM amocrm_deals"
                                     " WHERE deal_id = :deal_id", deal_id=self.deal_id)
        assert tuple(known.values()) == (self.life.status, self.life.pipeline, self.life.price, self.life.is_deleted)


def test_the_tables_follow_a_model_of_the_life_of_a_deal(db_jobs: Database) -> None:
    machine = type("DealLifeHere", (DealLife,), {"company": Company(db_jobs)})
    run_state_machine_as_test(machine, settings=settings(
        max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)))
