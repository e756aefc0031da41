"""Messages over real SMTP and HTTP: each sent once, whatever the servers do, and none in the quiet hours."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from core.one_time_links import CONFIRMATION, hash_token, link_mark, link_token
from core.records import Role
from data.contact_confirmations import begin_confirmation, save_confirmation_hash
from data.engine import AUTH, Database
from data.outbox import EMAIL, TELEGRAM, queue_message, take_due
from data.people import User
from data.user_settings import load_user_settings
from demo.mail_server import MailStandIn
from demo.telegram_bot import DEMO_TOKEN, TelegramStandIn
from integrations.telegram.client import TelegramClient, TelegramProblem
from jobs.context import JobContext
from jobs.hear_telegram import BotListener
from jobs.send_messages import MessageSender
from tests.factories import insert, make_user
from tests.job_context import make_context, make_job_settings

NIGHT = datetime(2026, 1, 15, 20, 0, tzinfo=UTC)   # one o'clock in Almaty
CHAT = 700


@pytest.fixture(scope="module")
def user(shared_jobs: Database) -> User:
    with shared_jobs.transaction() as connection:
        return make_user(connection, Role.ANALYST, locale="en")


@pytest.fixture
def mail() -> Iterator[MailStandIn]:
    with MailStandIn() as server:
        yield server


@pytest.fixture
def bot() -> Iterator[TelegramStandIn]:
    with TelegramStandIn(timeout_seconds=2) as server:
        server.open_chat(CHAT)
        yield server


@pytest.fixture
def context(shared_jobs: Database, user: User, mail: MailStandIn, bot: TelegramStandIn) -> Iterator[JobContext]:
    yield make_context(shared_jobs, make_job_settings(
        smtp_url=mail.smtp_url, mail_from="Traffic <no-reply@traffic.example.com>", telegram_api_url=bot.url,
        telegram_bot_token=DEMO_TOKEN))
    with shared_jobs.transaction() as connection:
        for table in ("notifications", "traffic_targetologist_settings", "contact_confirmations", "installation"):
            connection.execute(text(f"DELETE FROM {table}"))


Queue = Callable[..., None]


@pytest.fixture
def queue(shared_jobs: Database, user: User) -> Queue:
    def put(key: str, channel: str = EMAIL, recipient: str = "a@example.com", body: str = "Body", **more: bool) -> None:
        with shared_jobs.transaction() as connection:
            queue_message(connection, key, user.id, channel, recipient, f"Subject {key}", body, **more)

    return put


def states(database: Database) -> dict[str, tuple[str, str | None]]:
    with database.transaction() as connection:
        return {row.message_key: (row.status, row.last_error) for row in connection.execute(
            text("SELECT message_key, status, last_error FROM notifications"))}


def due_again(database: Database) -> None:
    """Let the time of back-off and of the last message be over."""
    with database.transaction() as connection:
        connection.execute(text("UPDATE notifications SET next_attempt_at = now() - interval '1 minute',"
                                " sent_at = sent_at - interval '1 minute'"))


def test_a_mail_arrives_with_its_link_filled_in(context: JobContext, queue: Queue, mail: MailStandIn) -> None:
    link_id = "3f0c1d8e-0000-4000-8000-000000000000"
    queue("confirm", body=f"Here:\n{link_mark(CONFIRMATION, link_id)}\nҚазақша ж")
    assert MessageSender(context).send_due() == 1
    got = mail.wait_for(1)[0]
    assert (got.recipient, got.sender, got.subject) == (
        "a@example.com", "no-reply@traffic.example.com", "Subject confirm")
    assert f"https://traffic.example.com/confirm-email/{link_token(context.settings, link_id)}" in got.body
    assert "Қазақша" in got.body and got.message_id.endswith("@traffic.example.com>")
    assert states(context.database)["confirm"] == ("sent", None)
    assert MessageSender(context).send_due() == 0


def test_several_workers_never_send_one_message_twice(context: JobContext, queue: Queue, mail: MailStandIn) -> None:
    for number in range(40):
        queue(f"m{number}")
    barrier = threading.Barrier(4)

    def work() -> None:
        sender = MessageSender(context)
        barrier.wait()
        while sender.send_due():
            pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.subject for one in mail.wait_for(40)) == sorted(f"Subject m{number}" for number in range(40))


def test_refused_delayed_and_odd_mails_hold_up_nobody(context: JobContext, queue: Queue, mail: MailStandIn) -> None:
    for key, recipient in (("gone", "nobody@example.com"), ("later", "later@example.com"), ("odd", "no address"),
                           ("header", "a@example.com\r\nBcc: b@example.com"), ("fine", "a@example.com")):
        queue(key, recipient=recipient)
    MessageSender(context).send_due()
    found = states(context.database)
    assert [one.subject for one in mail.wait_for(1)] == ["Subject fine"]
    assert found["gone"][0] == "dead" and "No such user" in (found["gone"][1] or "")
    assert found["later"][0] == "failed" and "Greylisted" in (found["later"][1] or "")
    assert found["odd"][0] == found["header"][0] == "dead"


def test_a_server_that_is_down_keeps_its_mails_and_gets_them_later(
    context: JobContext, queue: Queue, mail: MailStandIn
) -> None:
    queue("one")
    queue("two")
    dead = make_context(context.database, make_job_settings(
        smtp_url="smtp://user:a-secret@127.0.0.1:9", mail_from="a@example.com"))
    sender = MessageSender(dead)
    assert sender.send_due() == 0 and sender.send_due() == 0
    found = states(context.database)
    assert found["one"][0] == "failed" and found["two"] == ("queued", None), "the second was given back"
    assert "a-secret" not in str(found)
    due_again(context.database)
    assert MessageSender(context).send_due() == 2
    assert len(mail.wait_for(2)) == 2


def test_a_line_that_breaks_after_the_mail_sends_it_again_under_the_same_id(
    context: JobContext, queue: Queue, mail: MailStandIn
) -> None:
    queue("broken")
    seen = []

    def hang_up(received: object) -> str | None:
        seen.append(received.message_id)
        return "421 4.3.2 Going away" if len(seen) == 1 else None

    mail.answer_with = hang_up
    MessageSender(context).send_due()
    assert states(context.database)["broken"][0] == "failed"
    due_again(context.database)
    MessageSender(context).send_due()
    assert len(mail.wait_for(1)) == 1 and seen[0] == seen[1]


def test_what_a_dead_worker_had_taken_comes_back(context: JobContext, queue: Queue, mail: MailStandIn) -> None:
    queue("lent")
    with context.database.transaction() as connection:
        assert len(take_due(connection, EMAIL, 10, 300, 12)) == 1
    assert MessageSender(context).send_due() == 0, "it is lent"
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE notifications SET leased_until = now() - interval '1 second'"))
    assert MessageSender(context).send_due() == 1
    assert states(context.database)["lent"][0] == "sent"


def test_old_messages_and_those_of_people_who_left_are_not_sent(
    context: JobContext, queue: Queue, mail: MailStandIn, user: User
) -> None:
    queue("old")
    queue("left")
    with context.database.transaction() as connection:
        connection.execute(text("UPDATE notifications SET created_at = :then WHERE message_key = 'old'"),
                           {"then": datetime.now(UTC) - timedelta(days=4)})
        connection.execute(text("UPDATE traffic_users SET is_active = false WHERE id = :id"), {"id": user.id})
    try:
        MessageSender(context).send_due()
    finally:
        with context.database.transaction() as connection:
            connection.execute(text("UPDATE traffic_users SET is_active = true WHERE id = :id"), {"id": user.id})
    assert {state for state, _ in states(context.database).values()} == {"dead"} and not mail.mails


@pytest.mark.parametrize(("quiet", "is_sent"), [((22, 8), False), ((0, 2), False), ((8, 22), True), ((2, 1), True),
                                                ((1, 2), False), ((2, 3), True)])
def test_quiet_hours_delay_what_can_wait(
    context: JobContext, queue: Queue, mail: MailStandIn, user: User, quiet: tuple[int, int], is_sent: bool
) -> None:
    with context.database.transaction() as connection:
        insert(connection, "traffic_targetologist_settings", user_id=user.id, quiet_from=quiet[0], quiet_to=quiet[1])
    queue("alarm")
    queue("password", keeps_quiet=False)
    night = make_context(context.database, context.settings, clock=lambda: NIGHT)
    MessageSender(night).send_due()
    found = states(context.database)
    assert found["password"][0] == "sent"
    assert (found["alarm"][0] == "sent") is is_sent


def test_a_bot_keeps_a_second_between_two_messages_to_a_chat(
    context: JobContext, queue: Queue, bot: TelegramStandIn
) -> None:
    for number in range(3):
        queue(f"t{number}", TELEGRAM, str(CHAT))
    sender, rounds = MessageSender(context), 0
    while any(state != "sent" for state, _ in states(context.database).values()):
        rounds += sender.send_due()
        assert rounds < 10
    chat = bot.chats[CHAT]
    assert [one.split("\n")[0] for one in chat.texts] == ["Subject t0", "Subject t1", "Subject t2"]
    assert min(b - a for a, b in zip(chat.sent_at, chat.sent_at[1:], strict=False)) > 0.9 and bot.refused == 0


def test_thirty_a_second_is_all_the_bot_says(bot: TelegramStandIn) -> None:
    waited = []
    client = TelegramClient(bot.url, DEMO_TOKEN, wait=waited.append)
    for number in range(31):
        bot.open_chat(9000 + number)
        if number < 30:
            client.send(str(9000 + number), "x")
    assert not waited
    try:
        client.send("9030", "x")
    except TelegramProblem:
        assert bot.refused == 1
    assert len(waited) == 1 and 0 < waited[0] <= 1


@pytest.mark.parametrize(("fault", "state", "words"), [
    ("too_many", "failed", "asked to wait 1 s"), ("blocked", "dead", "blocked by the user"),
    ("server", "failed", "500"), ("html", "failed", "502"), ("reset", "failed", "no answer"),
    ("moved", "failed", "new id")])
def test_what_telegram_refuses_is_understood(
    context: JobContext, queue: Queue, bot: TelegramStandIn, user: User, fault: str, state: str, words: str
) -> None:
    with context.database.transaction() as connection:
        insert(connection, "traffic_targetologist_settings", user_id=user.id, notification_telegram=str(CHAT))
    queue("t", TELEGRAM, str(CHAT))
    bot.fail_next("sendMessage", fault)
    sender = MessageSender(context)
    sender.send_due()
    found = states(context.database)["t"]
    assert found[0] == state and words in (found[1] or ""), found
    assert DEMO_TOKEN not in (found[1] or "")
    with context.database.transaction() as connection:
        kept = load_user_settings(connection, user.id)
        recipient = connection.execute(text("SELECT recipient FROM notifications")).scalar_one()
    assert kept is not None
    assert kept.notifying.telegram_problem == ("blocked" if fault == "blocked" else None)
    assert recipient == kept.notifying.telegram == ("-1001234567890" if fault == "moved" else str(CHAT))


def test_a_chat_nobody_started_is_remembered_as_unknown(context: JobContext, queue: Queue) -> None:
    queue("t", TELEGRAM, "12345")
    MessageSender(context).send_due()
    assert states(context.database)["t"] == ("dead", "Bad Request: chat not found")


def test_a_wrong_token_loses_no_message(context: JobContext, queue: Queue, bot: TelegramStandIn) -> None:
    queue("t", TELEGRAM, str(CHAT))
    wrong = make_context(context.database, make_job_settings(telegram_api_url=bot.url, telegram_bot_token="1:wrong"))
    MessageSender(wrong).send_due()
    assert states(context.database)["t"][0] == "failed"
    due_again(context.database)
    MessageSender(context).send_due()
    assert states(context.database)["t"][0] == "sent"


def test_without_settings_messages_wait(shared_jobs: Database, context: JobContext, queue: Queue) -> None:
    queue("m")
    queue("t", TELEGRAM, str(CHAT))
    assert MessageSender(make_context(shared_jobs)).send_due() == 0
    assert set(states(shared_jobs).values()) == {("queued", None)}


def test_a_start_with_a_code_ties_the_chat_once(
    context: JobContext, bot: TelegramStandIn, user: User, shared_web: Database
) -> None:
    listener = BotListener(context, TelegramClient(bot.url, DEMO_TOKEN), listen_seconds=1)
    assert listener.listen() == 0, "nobody holds a code, so nobody is listened to"
    with shared_web.transaction(AUTH) as connection:
        confirmation_id = begin_confirmation(connection, user.id, TELEGRAM, "", 600)
        assert confirmation_id is not None
        save_confirmation_hash(connection, confirmation_id, hash_token("a-code-of-the-link"))
    bot.press_start("", CHAT)
    bot.press_start("wrong", 800)
    bot.press_start("a-code-of-the-link", CHAT)
    bot.press_start("a-code-of-the-link", 801)
    assert listener.listen() == 1
    with context.database.transaction() as connection:
        kept = load_user_settings(connection, user.id)
        name = connection.execute(text("SELECT value FROM installation WHERE key = 'telegram_bot'")).scalar_one()
    assert kept is not None and kept.notifying.telegram == str(CHAT) and name == "traffic_demo_bot"
    MessageSender(context).send_due()
    assert bot.chats[CHAT].texts[0].startswith("Telegram is connected")
    assert bot.chats[800].texts[0].startswith("Код не подошёл")
    assert bot.chats[801].texts[0].startswith("Код не подошёл")


def test_the_stand_in_lets_one_listen_at_a_time(bot: TelegramStandIn) -> None:
    first = threading.Thread(target=TelegramClient(bot.url, DEMO_TOKEN).fetch_updates, args=(None, 2))
    first.start()
    while not any(request.path.endswith("getUpdates") for request in list(bot.server.requests)):
        pass
    problems = []
    while first.is_alive() and not problems:
        try:
            TelegramClient(bot.url, DEMO_TOKEN).fetch_updates(None, 0)
        except TelegramProblem as error:
            problems.append(str(error))
    bot.press_start("x")
    first.join()
    assert "409" in problems[0]
