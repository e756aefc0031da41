"""Each error Facebook is known to send becomes the exception that says what to do."""

import json
from pathlib import Path

import pytest
from requests.structures import CaseInsensitiveDict

from integrations.facebook import errors
from integrations.facebook.errors import FacebookError, read_error_body, to_error
from integrations.facebook.usage import Usage, read_usage

FIXTURES = Path(__file__).parents[3] / "fixtures" / "facebook"
RECORDED = json.loads((FIXTURES / "errors.json").read_text())
EXPECTED: dict[str, type[FacebookError]] = {
    "session_expired": errors.TokenInvalid,
    "app_not_authorized": errors.TokenInvalid,
    "missing_permissions": errors.PermissionMissing,
    "ads_permission_not_granted": errors.PermissionMissing,
    "object_missing_or_no_access": errors.ObjectMissing,
    "ad_account_throttled_80000": errors.AccountThrottled,
    "user_throttled_17": errors.AccountThrottled,
    "unknown_500": errors.Transient,
    "reduce_data_500_code1": errors.TooMuchData,
}


def test_every_recorded_body_has_an_expectation() -> None:
    assert set(RECORDED) == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_recorded_bodies_are_classified(name: str) -> None:
    recorded = RECORDED[name]
    error = to_error(read_error_body(recorded["body"]["error"], recorded["http_status"]),
                     read_usage(CaseInsensitiveDict(recorded.get("headers", {}))))
    assert type(error) is EXPECTED[name]
    assert error.body is not None
    assert error.body.code == recorded["body"]["error"]["code"]


@pytest.mark.parametrize(("error", "kind"), [
    ({"code": 1, "message": "An unknown error occurred"}, errors.Transient),
    ({"code": 1, "error_subcode": 99, "message": "x", "error_user_msg": "Please reduce the amount of data"},
     errors.TooMuchData),
    ({"code": 1, "error_subcode": 99, "message": "x", "error_user_title": "Reduce the amount of data"},
     errors.TooMuchData),
    ({"code": 1, "error_subcode": 2853001, "message": "x", "is_transient": False}, errors.BadRequest),
    ({"code": 2, "message": "Service temporarily unavailable", "is_transient": True}, errors.Transient),
    ({"code": 2, "error_subcode": 1504038, "message": "timeout"}, errors.TooMuchData),
    ({"code": 4, "error_subcode": 1504022, "message": "x"}, errors.ApplicationThrottled),
    ({"code": 4, "error_subcode": 1504039, "message": "x"}, errors.ApplicationThrottled),
    ({"code": 17, "error_subcode": 2446079, "message": "x"}, errors.AccountThrottled),
    ({"code": 32, "message": "x"}, errors.AccountThrottled),
    ({"code": 80003, "message": "x"}, errors.AccountThrottled),
    ({"code": 80004, "message": "x"}, errors.AccountThrottled),
    ({"code": 80014, "message": "x"}, errors.AccountThrottled),
    ({"code": 613, "error_subcode": 1487742, "message": "x"}, errors.AccountThrottled),
    ({"code": 613, "error_subcode": 1996, "message": "x"}, errors.ApplicationThrottled),
    ({"code": 341, "message": "x"}, errors.ApplicationThrottled),
    ({"code": 190, "message": "x"}, errors.TokenInvalid),
    ({"code": 102, "message": "x"}, errors.TokenInvalid),
    ({"code": 190, "error_subcode": 460, "message": "x"}, errors.TokenInvalid),
    ({"code": 190, "error_subcode": 467, "message": "x"}, errors.TokenInvalid),
    ({"code": 190, "message": "This method must be called while impersonating a user's page"},
     errors.PermissionMissing),
    ({"code": 10, "message": "x"}, errors.PermissionMissing),
    ({"code": 294, "message": "x"}, errors.PermissionMissing),
    ({"code": 100, "message": "(#100) Invalid parameter"}, errors.BadRequest),
    ({"code": 100, "error_subcode": 1487534, "message": "Invalid parameter"}, errors.TooMuchData),
    ({"code": 100, "error_subcode": 1504018, "message": "timeout"}, errors.TooMuchData),
    ({"code": 100, "message": "(#100) Cannot include impressions in summary param"}, errors.Transient),
    ({"code": 104, "message": "x"}, errors.BadRequest),
    ({"code": 2500, "message": "x"}, errors.BadRequest),
    ({"code": 368, "message": "x"}, errors.Blocked),
    ({"code": 960, "message": "x"}, errors.Transient),
    ({"code": 2635, "message": "x"}, errors.VersionGone),
    ({"code": 3018, "message": "x"}, errors.HistoryTooOld),
    ({"code": 9999999, "message": "x", "is_transient": True}, errors.Transient),
    ({"code": 9999999, "message": "x"}, errors.BadRequest),
    ({"message": "no code at all"}, errors.BadAnswer),
    ({"code": "190", "message": "numbers may be text"}, errors.TokenInvalid),
    ({"code": None, "error_subcode": [], "is_transient": "yes"}, errors.BadAnswer),
])
def test_codes_decide(error: dict[str, object], kind: type[FacebookError]) -> None:
    assert type(to_error(read_error_body(error, 400))) is kind


@pytest.mark.parametrize(("subcode", "remedy"), [
    (459, errors.Remedy.LOG_IN_AT_FACEBOOK), (464, errors.Remedy.LOG_IN_AT_FACEBOOK), (463, errors.Remedy.RECONNECT),
    (None, errors.Remedy.RECONNECT)])
def test_a_dead_token_says_what_revives_it(subcode: int | None, remedy: errors.Remedy) -> None:
    error = to_error(read_error_body({"code": 190, "error_subcode": subcode, "message": "x"}))
    assert isinstance(error, errors.TokenInvalid)
    assert error.remedy is remedy


def test_a_refusal_knows_how_long_it_lasts() -> None:
    error = to_error(read_error_body({"code": 17, "message": "x"}), Usage(wait_seconds=300.0))
    assert isinstance(error, errors.AccountThrottled)
    assert error.wait_seconds == 300.0


def test_the_trace_is_kept_for_the_support() -> None:
    assert "A3pz5" in str(to_error(read_error_body({"code": 1, "message": "m", "fbtrace_id": "A3pz5"})))


HEADERS = json.loads((FIXTURES / "usage_headers.json").read_text())


def test_recorded_usage_headers_are_read() -> None:
    business, account, application = (HEADERS[name] for name in (
        "x-business-use-case-usage", "x-ad-account-usage", "x-app-usage"))
    assert read_usage({"x-business-use-case-usage": business[0]}) == Usage(account_percent=11.0)
    assert read_usage({"x-ad-account-usage": account[0]}) == Usage(account_percent=9.67)
    assert read_usage({"x-ad-account-usage": account[1]}) == Usage(account_percent=9.67, wait_seconds=100.0)
    assert read_usage({"x-app-usage": application[0]}) == Usage(application_percent=28.0)


def test_the_longest_wait_of_several_kinds_of_call_counts_in_seconds() -> None:
    header = json.dumps({"1": [{"type": "ads_insights", "estimated_time_to_regain_access": 0.5},
                               {"type": "ads_management", "estimated_time_to_regain_access": 12}]})
    assert read_usage({"x-business-use-case-usage": header}).wait_seconds == 720.0


@pytest.mark.parametrize("header", ["", "nonsense", "[]", "null", '{"1": {"type": "x"}}', '{"1": [null]}',
                                    '{"call_count": "many"}', '{"acc_id_util_pct": true}'])
def test_an_unreadable_header_is_absent(header: str) -> None:
    names = ("x-app-usage", "x-ad-account-usage", "x-business-use-case-usage", "x-fb-ads-insights-throttle")
    assert read_usage(dict.fromkeys(names, header)) == Usage()
