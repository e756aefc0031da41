"""The script of the landing pages is for everybody, from every site."""

from flask.testing import FlaskClient


def test_the_script_is_public_and_cached(client: FlaskClient) -> None:
    answer = client.get("/landing.js?v=1", headers={"Origin": "https://landing.example.com"})
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/javascript")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=3600" in answer.headers["Cache-Control"] and "no-store" not in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    again = client.get("/landing.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert client.post("/landing.js").status_code in (401, 404, 405)
