"""Forms say in attributes what the script is to send; they hold no rule of their own."""

import json

from components.admin_page import SECTIONS, create_admin_page
from components.forms import (
    create_api_button,
    create_api_form,
    create_boxes_field,
    create_choice_field,
    create_confirm_dialog,
    create_copy,
    create_hidden_field,
    create_page_links,
    create_switch_field,
    create_text_field,
)
from tests.unit.components.looking import of_class, parts, words


def attribute(part, name):
    return part.to_plotly_json()["props"].get(name)


def test_a_form_names_its_request_and_what_follows():
    form = create_api_form("x-form", [], path="/api/x", method="PATCH", submit="Save", done="Saved", refresh="x-store",
                           version=3, confirm="Sure?", confirm_word="north")
    said = {name: attribute(form, f"data-{name}") for name in (
        "api", "method", "done", "refresh", "version", "confirm", "confirm-word", "go")}
    assert said == {"api": "/api/x", "method": "PATCH", "done": "Saved", "refresh": "x-store", "version": "3",
                    "confirm": "Sure?", "confirm-word": "north", "go": None}
    assert of_class(form, "form-said")[0].hidden is True


def test_each_field_has_a_name_a_kind_and_a_place_for_its_sentence():
    fields = [create_text_field("user.email", "E-mail", kind="email", required=True),
              create_choice_field("role", "Role", [("admin", "Admin"), ("analyst", "Analyst")], "analyst"),
              create_switch_field("is_active", "Active", True),
              create_boxes_field("teams", "Teams", [("a", "A")], ["a"])]
    assert [(attribute(one, "data-field"), attribute(one, "data-kind")) for one in fields] == [
        ("user.email", "email"), ("role", "text"), ("is_active", "bool"), ("teams", "list")]
    assert all(len(of_class(one, "field-said")) == 1 for one in fields)
    assert attribute(fields[0], "data-required") == "1"


def test_what_is_not_asked_keeps_its_type():
    assert json.loads(attribute(create_hidden_field("ids", [1, "б"]), "data-value")) == [1, "б"]


def test_a_button_carries_its_body():
    button = create_api_button("Archive", path="/api/x", method="DELETE", body={"why": "да"}, confirm="Sure?")
    assert json.loads(attribute(button, "data-body")) == {"why": "да"}
    assert attribute(button, "data-method") == "DELETE"


def test_pages_of_a_list_keep_its_filters():
    links = [one.href for one in parts(create_page_links("/admin/users", {"q": "a b", "role": ""}, "c1", first=False))
             if getattr(one, "href", None)]
    assert links == ["/admin/users?q=a+b", "/admin/users?q=a+b&cursor=c1"]
    assert not [one for one in parts(create_page_links("/x", {}, None, first=True)) if getattr(one, "href", None)]


def test_the_question_and_the_copied_value_are_in_words():
    assert "Подтвердить" in words(create_confirm_dialog())
    assert "abc" in words(create_copy("abc"))


def test_every_section_of_the_panel_has_its_words():
    for section in SECTIONS:
        page = create_admin_page(section, "body")
        assert "admin." not in words(page)
        assert sum(getattr(one, "className", "") == "on" for one in parts(page)) == 1
