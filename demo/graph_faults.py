"""The faults a Graph stand-in can be asked for, by name: error bodies, broken bodies and broken lines."""

from typing import Any

from demo.loopback import Answer, Cut, Fault

_HTML = b"<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>"


def _error(status: int, code: int, message: str, subcode: int | None = None,
           headers: dict[str, str] | None = None, **members: Any) -> Answer:
    body: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "APlanned"}
    if subcode is not None:
        body["error_subcode"] = subcode
    return Answer(status, {"error": {**body, **members}}, headers or {})


_WAIT_FIVE_MINUTES = {"x-business-use-case-usage": '{"100000000000001":[{"type":"ads_insights","call_count":100,'
                      '"total_cputime":3,"total_time":11,"estimated_time_to_regain_access":5,'
                      '"ads_api_access_tier":"development_access"}]}'}

GRAPH_FAULTS: dict[str, Fault] = {
    "reduce": _error(500, 1, "Please reduce the amount of data you're asking for, then retry your request"),
    "reduce_in_user_text": _error(400, 1, "An unknown error occurred", 99, error_user_title="Too much data",
                                  error_user_msg="Please reduce the amount of data you're asking for"),
    "reduce_1487534": _error(400, 100, "Invalid parameter", 1487534),
    "insights_timeout": _error(400, 2, "Service temporarily unavailable", 1504038),
    "unknown": _error(500, 1, "An unknown error occurred", 99),
    "unavailable": _error(500, 2, "Service temporarily unavailable", is_transient=True),
    "application_limit": _error(400, 4, "(#4) Application request limit reached", 1504022),
    "user_limit": _error(400, 17, "(#17) User request limit reached", 2446079, _WAIT_FIVE_MINUTES),
    "account_limit": _error(400, 80000, "(#80000) There have been too many calls from this ad-account.", 2446079,
                            {"x-ad-account-usage": '{"acc_id_util_pct":100,"reset_time_duration":120}'}),
    "page_limit": _error(400, 32, "(#32) Page request limit reached", None, _WAIT_FIVE_MINUTES),
    "calls_limit": _error(400, 613, "(#613) Calls to this api have exceeded the rate limit.", 1487742,
                          _WAIT_FIVE_MINUTES),
    "audience_limit": _error(400, 80003, "(#80003) There have been too many calls.", 2446079, _WAIT_FIVE_MINUTES),
    "management_limit": _error(400, 80004, "(#80004) There have been too many calls to this ad-account.", 2446079,
                               _WAIT_FIVE_MINUTES),
    "application_limit_of_insights": _error(400, 4, "(#4) Application request limit reached", 1504039,
                                            {"x-fb-ads-insights-throttle": '{"app_id_util_pct":100,'
                                             '"acc_id_util_pct":10}'}),
    "application_limit_for_long": _error(400, 341, "(#341) Application limit reached"),
    "volume_anomaly": _error(400, 613, "(#613) Calls to this api have exceeded the rate limit.", 1996),
    "token_expired": _error(400, 190, "Error validating access token: Session has expired", 463),
    "app_removed": _error(400, 190, "Error validating access token: The user has not authorized application 1.", 458),
    "permission": _error(403, 200, "(#200) Ad account owner has NOT grant ads_management or ads_read permission"),
    "bad_parameter": _error(400, 100, "(#100) Invalid parameter"),
    "html_500": Answer(500, _HTML, content_type="text/html"),
    "html_200": Answer(200, _HTML, content_type="text/html"),
    "cut_json": Answer(200, b'{"data":[{"account_id":"1000000000000'),
    "empty_200": Answer(200),
    "list": Answer(200, []),
    "paging_only": Answer(200, {"paging": {}}),
    "data_null": Answer(200, {"data": None}),
    "data_500": Answer(500, {"data": []}),
    "error_text": Answer(400, {"error": "something broke"}),
    "not_utf8": Answer(200, b'{"data": ["\xff\xfe"]}'),
    "nan": Answer(200, b'{"data": [{"spend": NaN}]}'),
    "moved": Answer(302, None, {"Location": "http://127.0.0.1:9/elsewhere"}),
    "reset": Cut.RESET,
    "timeout": Cut.TIMEOUT,
}
