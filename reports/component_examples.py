"""What the page of components shows: each in its states, as the line of a template and the facts that it needs.

Invented and fixed, without a database. A file of templates/components/ without an example here fails a test
(tests/reports/test_components.py).
"""

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator

from milestones.forms import StatusRadios
from plans.as_at import AskedPosition
from plans.schemes import DEFAULT

#: As long as a word of a council's table was, and longer than a column.
LONG_WORD = "Multi-agency-safeguarding-arrangements-and-partnership-improvement-subcommittee"
LONG_TEXT = (
    "Every manager reads the contacts of the day and writes down why a decision was taken. "
    "In the first month 38 of 40 contacts had a reason; the two without were read again with the people who took them."
)


@dataclass(frozen=True)
class Example:
    """A state of a component: what it shows, and the line that a template has for it, drawn with `facts`."""

    state: str
    line: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Component:
    """`name` is how people call it; `about` says when it is used, and where its styles stand."""

    name: str
    about: str
    examples: tuple[Example, ...]


class SampleForm(forms.Form):
    """One field of every kind that the forms of the site have."""

    title = forms.CharField(label="Title", help_text="As it is printed.", error_messages={"required": "Enter a title."})
    note = forms.CharField(label="Progress note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    due_on = forms.DateField(
        label="Due",
        widget=forms.DateInput(attrs={"type": "date", "class": "day-input"}),
        error_messages={"required": "Enter the day it is due."},
    )
    theme = forms.ChoiceField(
        label="Theme",
        choices=[("", "Choose a theme"), ("door", "The front door")],
        error_messages={"required": "Choose a theme."},
    )
    status = forms.ChoiceField(
        label="Status",
        choices=[("on", "On track"), ("off", "Not on track")],
        widget=StatusRadios({"off": "Not on track but no support required."}, attrs={"class": "govuk-radios--small"}),
        error_messages={"required": "Choose a status."},
    )
    boards = forms.MultipleChoiceField(
        label="Boards",
        choices=[("a", "Improvement Board"), ("b", "Scrutiny Committee")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    is_named = forms.BooleanField(label="Print the name", help_text="Else the job title.", required=False)
    file = forms.FileField(label="File", required=False)


class SampleFilters(forms.Form):
    text = forms.CharField(label="Words", required=False)
    lead = forms.ChoiceField(label="Lead", choices=[("", "All leads"), ("x", LONG_WORD)], required=False)


def components() -> list[Component]:
    """All of them, in the order of a page: from its head to its foot."""
    status = DEFAULT.lines[0]
    person = SimpleNamespace(name="Farida Lenthall", job_title="Head of Early Help")
    filled = SampleForm(auto_id="filled_%s", initial={"title": "Publish the threshold guidance", "status": "on"})
    wrong = SampleForm({}, auto_id="wrong_%s")
    page = Paginator(range(100), 10).page(4)
    today, past = date(2026, 11, 30), AskedPosition(date(2026, 5, 31), None, is_now=False)
    refused = AskedPosition(date(2026, 11, 30), None, is_now=True, problem="Enter a day as 31 May 2026.")
    found = [("Progress note", SimpleNamespace(excerpt="the mother of A", kind="a relation of a child"))]

    def note(text: str) -> SimpleNamespace:
        return SimpleNamespace(update_month="2026-11", as_at=today, text=text)

    def message(words: str, tags: str) -> Message:
        return Message(messages.SUCCESS if tags else messages.WARNING, words, extra_tags="")

    return [
        Component(
            "Head of a page",
            "page-head: the caption and the title, and beside them what can be done. One filled button at most. "
            "layout.css",
            (
                Example(
                    "with a caption and buttons",
                    '<div class="page-head">\n'
                    '  <div><span class="govuk-caption-l">The plan</span><p '
                    'class="govuk-heading-xl">Milestones</p></div>\n'
                    '  <div class="page-head__actions"><a class="govuk-button" href="#">Add a milestone</a>'
                    ' <a class="govuk-button govuk-button--secondary" href="#">Make a report</a></div>\n'
                    "</div>",
                ),
                Example(
                    "a long word",
                    '<div class="page-head"><p class="govuk-heading-xl">{{ long }}</p></div>',
                    {"long": LONG_WORD},
                ),
            ),
        ),
        Component(
            "Links of the header",
            "Where the site’s own pages are. The page in view says so.",
            (
                Example(
                    "",
                    '<div class="site-header"><div class="govuk-width-container site-header__container">'
                    '{% include "components/header_link.html" with name="plans:list" words="Plans" %}</div></div>',
                ),
            ),
        ),
        Component(
            "Tabs",
            "Pages that belong together, side by side; aria-current marks the one in view. With kinds, in groups "
            "under headings.",
            (
                Example(
                    "",
                    '<nav class="tabs" aria-label="Example of tabs"><ul class="tabs__list">\n'
                    '  <li><a class="tabs__link" href="#" aria-current="page">People and roles</a></li>\n'
                    '  <li><a class="tabs__link" href="#">Settings</a></li>\n'
                    "</ul></nav>",
                ),
            ),
        ),
        Component(
            "Message",
            "What the last page did. A view writes it with messages.success; base.html shows it.",
            (
                Example(
                    "it was done",
                    '{% include "components/message.html" with message=message number="a" is_quiet=True only %}',
                    {"message": message("The update of 1.1 is saved.", "success")},
                ),
                Example(
                    "something to know",
                    '{% include "components/message.html" with message=message number="b" is_quiet=True only %}',
                    {"message": message("The cut-off has passed: it counts for the next cycle.", "")},
                ),
            ),
        ),
        Component(
            "Summary of errors",
            "The first thing on a page whose form was refused; each line leads to its field.",
            (
                Example(
                    "of a form",
                    '{% include "components/error_summary.html" with form=form is_quiet=True only %}',
                    {"form": wrong},
                ),
                Example(
                    "one sentence",
                    '{% include "components/error_summary.html" with title="Nothing was changed" sentence=words '
                    "is_quiet=True only %}",
                    {"words": "Somebody else answered it in the meantime."},
                ),
            ),
        ),
        Component(
            "Notice",
            "One box for whatever stands out of a page. govuk-inset-text looks the same. components.css",
            (
                Example(
                    "to know", '<div class="notice"><p class="govuk-body">{{ text }}</p></div>', {"text": LONG_TEXT}
                ),
                Example(
                    "somebody has to look",
                    '<div class="notice notice--attention"><p class="govuk-body">{{ text }}</p></div>',
                    {"text": LONG_WORD},
                ),
                Example(
                    "it was not done",
                    '<div class="notice notice--trouble"><p class="govuk-body">Nothing was saved. Try again in a '
                    "moment.</p></div>",
                ),
                Example(
                    "decide, then save again",
                    '<div class="notice notice--conflict"><p class="govuk-heading-m">Changed while you wrote</p>'
                    '<div class="notice__part"><p>Their words</p></div></div>',
                ),
            ),
        ),
        Component(
            "Position in the past",
            "On every page that takes ?as_at=.",
            (
                Example("the past", '{% include "components/past.html" with asked=asked only %}', {"asked": past}),
                Example(
                    "a day that is none",
                    '{% include "components/past.html" with asked=asked only %}',
                    {"asked": refused},
                ),
                Example(
                    "another day",
                    '{% include "components/another_day.html" with as_at=as_at kept=kept only %}',
                    {"as_at": today, "kept": [("paper", "milestones")]},
                ),
                Example(
                    "kept inside another form",
                    '<form method="get" action="#">{% include "components/asked.html" with asked=asked only %}</form>',
                    {"asked": past},
                ),
            ),
        ),
        Component(
            "Words about a child",
            "Forms that check for it show it themselves (plans/forms.py, ChildDataCheck), with "
            "components/child_data.html.",
            (
                Example(
                    "",
                    '{% include "components/child_data_box.html" with found=found name="tick" id="tick" value="1" '
                    "is_ticked=False only %}",
                    {"found": found},
                ),
            ),
        ),
        Component(
            "Filters",
            "Of a list. With a target the list is exchanged without a reload. Its last line, "
            "components/last_filter.html, offers what was chosen last time; static/js/last_filter.js shows it.",
            (
                Example(
                    "",
                    '{% include "components/filters.html" with form=form label="Filter the examples" only %}',
                    {"form": SampleFilters(auto_id="filter_%s")},
                ),
            ),
        ),
        Component(
            "Status",
            "A word; letter, shape and colour say it again. The line of a plan’s key decides (plans/schemes.py).",
            (
                Example(
                    "every line of the usual key",
                    '<p class="status-line">{% for status in lines %}{% include "components/status.html" with '
                    "status=status only %} {% endfor %}</p>",
                    {"lines": DEFAULT.lines},
                ),
                Example(
                    "a flag beside it",
                    '<p class="status-line">{% include "components/status.html" with status=status only %}'
                    '<span class="flag">No recent update</span> <span class="flag flag--late">Late</span></p>',
                    {"status": status},
                ),
            ),
        ),
        Component(
            "Person",
            "Who leads something, and as what.",
            (
                Example("", '{% include "components/person.html" with person=person only %}', {"person": person}),
                Example(
                    "another role",
                    '{% include "components/person.html" with person=person role="Chair of the quality group" only %}',
                    {"person": person},
                ),
            ),
        ),
        Component(
            "Note",
            "Its month, its beginning, the rest on demand.",
            (
                Example(
                    "short",
                    '{% include "components/note.html" with note=note only %}',
                    {"note": note("The rota is in place.")},
                ),
                Example("long", '{% include "components/note.html" with note=note only %}', {"note": note(LONG_TEXT)}),
                Example("empty", '{% include "components/note.html" with note=note only %}', {"note": note("")}),
            ),
        ),
        Component(
            "Table",
            "table: dense. table--cards: on a phone each row is a card, each fact beside its data-label; "
            "table__whole takes the "
            "whole line. table-region around a wide one: it scrolls alone. tables.css",
            (
                Example(
                    "",
                    '<table class="table table--cards">\n'
                    "  <caption>Milestones</caption>\n"
                    '  <thead><tr><th scope="col">Milestone</th><th scope="col">Lead</th><th scope="col">Status</th>'
                    '<th scope="col" class="figure">Days</th></tr></thead>\n'
                    '  <tbody><tr><th scope="row">1.1 Publish the guidance</th>'
                    '<td data-label="Lead">{% include "components/person.html" with person=person only %}</td>'
                    '<td data-label="Status">{% include "components/status.html" with status=status only %}</td>'
                    '<td data-label="Days" class="figure">12</td></tr></tbody>\n'
                    "</table>",
                    {"person": person, "status": status},
                ),
            ),
        ),
        Component(
            "Pages of a list",
            "Below it, where there is more than one.",
            (
                Example(
                    "with numbers",
                    '{% include "components/pagination.html" with page=page page_numbers=numbers %}',
                    {"page": page, "numbers": list(page.paginator.get_elided_page_range(4, on_each_side=1))},
                ),
                Example(
                    "the newest first",
                    '{% include "components/pagination.html" with page=page is_by_time=True %}',
                    {"page": page},
                ),
            ),
        ),
        Component(
            "Empty list",
            "Says what will be here, and has the button that starts it.",
            (
                Example(
                    "",
                    '<div class="empty"><p class="govuk-body"><strong>There is no evidence yet.</strong> '
                    "What shows that a milestone was reached will stand here.</p>\n"
                    '<a class="govuk-button" href="#">Add evidence</a></div>',
                ),
            ),
        ),
        Component(
            "Counts",
            "Each opens its list. tiles--quiet for those that are no statuses.",
            (
                Example(
                    "",
                    '<ul class="tiles"><li class="tile tile--green"><a class="tile__link" href="#"><span '
                    'class="tile__count">20</span> '
                    "On track</a></li></ul>",
                ),
                Example(
                    "quiet",
                    '<ul class="tiles tiles--quiet"><li class="tile"><a class="tile__link" href="#"><span '
                    'class="tile__count">7</span> '
                    "Overdue</a></li></ul>",
                ),
            ),
        ),
        Component(
            "Facts",
            "facts beside a text, facts--wide across a page, meanings for a key, brief for a list of short things. "
            "Where each can be changed: govuk-summary-list.",
            (
                Example(
                    "",
                    '<dl class="facts facts--wide"><div class="facts__row"><dt>Lead</dt><dd>Farida Lenthall</dd></div>'
                    '<div class="facts__row"><dt>Due</dt><dd>28 February 2026</dd></div></dl>',
                ),
                Example("", '<ul class="brief"><li>One thing.</li><li>Another.</li></ul>'),
            ),
        ),
        Component(
            "Form",
            "{{ form }} writes the fields; each can be written alone. Hints and errors stand above the box "
            "(components/field_notes.html). The filled button saves, a link cancels.",
            (
                Example("filled in", "<form>{{ form }}</form>", {"form": filled}),
                Example(
                    "refused",
                    "<form>{{ form.title.as_field_group }}{{ form.status.as_field_group }}</form>",
                    {"form": wrong},
                ),
                Example(
                    "buttons",
                    '<div class="govuk-button-group"><button class="govuk-button">Save</button>'
                    '<button class="govuk-button govuk-button--secondary">See it first</button>'
                    '<button class="govuk-button" disabled>Save</button>'
                    '<a class="govuk-link" href="#">Cancel</a></div>',
                ),
                Example(
                    "confirmation: it says what happens, and the red button says the verb",
                    '<p class="govuk-body">They are signed out at once and cannot sign in any more.</p>'
                    '<div class="govuk-button-group"><button class="govuk-button '
                    'govuk-button--warning">Deactivate</button>'
                    '<a class="govuk-link" href="#">Cancel</a></div>',
                ),
                Example(
                    "a button among links", '<p class="row-links"><button class="link-button">Take it away</button></p>'
                ),
            ),
        ),
        Component(
            "Signed out soon",
            "components/time_out.html is on every page, closed; static/js/time_out.js opens it.",
            (),
        ),
    ]
