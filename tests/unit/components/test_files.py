"""Files hold every row, plain figures, and nothing where nothing is known."""

from components.files import COVERAGE_HEADER, UTM_HEADER, coverage_lines, utm_lines
from core.csv_export import write_csv
from tests.unit.components.records import analytics


def test_marks_have_no_spend_and_an_empty_mark_is_empty():
    lines = [dict(zip(UTM_HEADER, line, strict=True)) for line in utm_lines(analytics().utm)]
    assert lines[0]["value"] == "fb_sunkar" and lines[0]["teams"] == "sunkar" and lines[0]["leads"] == 100
    assert lines[0]["spend"] is None and lines[0]["roi"] is None
    assert lines[1]["value"] is None and lines[1]["teams"] == ""


def test_a_file_is_written_as_a_spreadsheet_wants_it():
    content = write_csv(COVERAGE_HEADER, coverage_lines(analytics().coverage)).decode("utf-8-sig")
    assert content.splitlines()[:2] == ["method,reason,sales,money", "utm_exact,,90,1"]
