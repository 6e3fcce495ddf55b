"""Every form that takes words of one's own asks before it saves what may tell who a child is."""

import importlib.util
import pkgutil
import re
from pathlib import Path

import pytest
from django import forms

from accounts.models import Operation
from plans.forms import ChildDataCheck, TextField
from plans.models import ChildDataOverride, Plan
from plans.operations import edit_plan
from plans.overrides import Override, with_override
from tests.test_house import FLOORS

LONG = 100  # characters: room for a sentence

# Forms without the check: why.
NOTHING_IS_SAVED = "It asks for something to read; nothing of it is saved."
OF_A_USER = "It is about a user, of no plan; accounts know of none."
OF_SIGNING_IN = "What somebody signs in with."
DRAFT = "A draft is shown to those alone who may record it; it is asked about when they do."
OF_A_LIST = "What is read of its list is asked about in its preview, everything else here."
WITHOUT = {
    "accounts.forms.AddPasskeyForm": OF_SIGNING_IN,
    "accounts.forms.CodeForm": OF_SIGNING_IN,
    "accounts.forms.ConfirmCodeForm": OF_SIGNING_IN,
    "accounts.forms.SetUpAppForm": OF_SIGNING_IN,
    "accounts.forms._CodeForm": OF_SIGNING_IN,
    "accounts.redaction_views.RedactionForm": "It names the words that have to go, and keeps them until they are gone.",
    "accounts.security_views.EventFilterForm": NOTHING_IS_SAVED,
    "accounts.user_forms.EditUserForm": OF_A_USER,
    "accounts.user_forms.ReasonForm": OF_A_USER,
    "accounts.user_forms.UserFilterForm": NOTHING_IS_SAVED,
    "accounts.user_forms.UserForm": OF_A_USER,
    "imports.entering_forms.NewReviewForm": OF_A_LIST,
    "imports.entering_forms.StartFromInspectionForm": OF_A_LIST,
    "imports.entering_forms.WithList": OF_A_LIST,
    "imports.forms.FileForm": "What is read of it is asked about in its preview.",
    "imports.forms.StartFromTableForm": "Its title and council are looked at, what is read of it in its preview.",
    "imports.measurement_views.FiguresForm": "What is read of it is asked about in the grid that it fills.",
    "imports.recommendation_forms.ListForm": "What is read of it is asked about in its preview.",
    "milestones.forms.DraftForm": DRAFT,
    "milestones.forms.DraftPageForm": DRAFT,
    "reports.component_examples.SampleFilters": NOTHING_IS_SAVED,
    "reports.component_examples.SampleForm": NOTHING_IS_SAVED,
    "reports.forms.PaperForm": NOTHING_IS_SAVED,
    "reports.history_views.LogForm": NOTHING_IS_SAVED,
}


def all_forms():
    """Every form class of the project, by where it stands."""
    for app in FLOORS:
        package = importlib.import_module(app) if importlib.util.find_spec(app) else None
        for module in pkgutil.iter_modules(package.__path__ if package else (), f"{app}."):
            if module.name not in ("config.wsgi", "config.asgi"):
                importlib.import_module(module.name)
    found, to_look_at = {}, [forms.BaseForm]
    while to_look_at:
        for form in to_look_at.pop().__subclasses__():
            to_look_at.append(form)
            if form.__module__.split(".")[0] in FLOORS:
                found[f"{form.__module__}.{form.__name__}"] = form
    return found


def free_texts(form):
    """The fields of a form class into which somebody can write a sentence."""
    return {
        name
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField)
        and not isinstance(field, forms.EmailField | forms.URLField)
        and not isinstance(field.widget, forms.PasswordInput | forms.HiddenInput)
        and (isinstance(field.widget, forms.Textarea) or field.max_length is None or field.max_length >= LONG)
    }


def looked_at(form):
    """The fields that the check of a form class looks at."""
    unbound = form.__new__(form)
    forms.Form.__init__(unbound) if not issubclass(form, ChildDataCheck) else ChildDataCheck.__init__(unbound)
    return set(unbound._texts())


def has_check(form):
    return (
        issubclass(form, ChildDataCheck)
        and form.full_clean is ChildDataCheck.full_clean
        and form.add_error is forms.Form.add_error
        and free_texts(form) <= looked_at(form)
    )


def test_every_form_for_words_of_ones_own_has_the_check():
    without = {name for name, form in all_forms().items() if free_texts(form) and not has_check(form)}

    assert without - WITHOUT.keys() == set()


def test_every_exception_is_still_one():
    every = all_forms()

    assert [name for name in WITHOUT if not (name in every and free_texts(every[name]))] == []


def test_that_test_sees_a_form_without_the_check():
    class Bare(forms.Form):
        note = TextField(widget=forms.Textarea)

    class Checked(ChildDataCheck):
        note = TextField(widget=forms.Textarea)

    class Silenced(Checked):
        def full_clean(self):
            forms.Form.full_clean(self)

    class Short(forms.Form):
        ref = TextField(max_length=20)
        address = forms.EmailField()

    assert free_texts(Bare) == {"note"}
    assert [has_check(form) for form in (Bare, Checked, Silenced)] == [False, True, False]
    assert free_texts(Short) == set()


def taking_words(template):
    """The controls written out in a template that take words and come from no form."""
    return [
        control
        for control in re.findall(r"<textarea[^>]*>|<input[^>]*>", template)
        if (control.startswith("<textarea") or "type=" not in control or 'type="text"' in control)
        and "readonly" not in control
    ]


def test_no_template_takes_words_around_the_forms():
    templates = Path(__file__).parents[2] / "templates"
    pages = [path for path in templates.rglob("*.html") if templates / "django" not in path.parents]

    assert [path for path in pages if taking_words(path.read_text(encoding="utf-8"))] == []


def test_that_test_sees_what_it_looks_for():
    assert taking_words('<textarea name="note"></textarea><input name="a"><input type="text">') == [
        '<textarea name="note">',
        '<input name="a">',
        '<input type="text">',
    ]
    assert taking_words('<input type="checkbox"><textarea id="link" readonly>') == []


class NoteForm(ChildDataCheck):
    """A form as they are."""

    title = TextField(max_length=200, required=False, label="Title (optional)")
    note = TextField(widget=forms.Textarea, label="Progress note", help_text="For the board.")
    address = forms.EmailField(required=False)


def sent(**data):
    form = NoteForm({"note": "All is well."} | data)
    form.is_valid()
    return form


def test_words_that_look_like_a_child_are_an_error_until_the_box_is_ticked():
    form = sent(note="Child A was seen.")

    assert form.errors == {"note": ["“Child A” may tell who a child is. Take it out, or tick the box below."]}
    assert sent(note="Child A was seen.", names_no_child=form.tick).errors == {}
    assert sent(note="Child A was seen.", names_no_child="yes").errors.keys() == {"note"}


def test_the_tick_is_for_the_words_that_were_shown():
    tick = sent(note="Child A was seen.").tick

    assert sent(note="And then Child A was seen again.", names_no_child=tick).errors == {}
    assert sent(note="Child A and Child B were seen.", names_no_child=tick).errors.keys() == {"note"}
    assert sent(note="Well.", title="Child A", names_no_child=tick).errors.keys() == {"title"}


def test_the_same_words_twice_are_named_once():
    form = sent(note="Child A was seen. Child A is well.")

    assert form.errors["note"][0].startswith("“Child A” may tell")
    assert len(form.child_data) == 1


def test_many_words_are_counted_beside_the_field_and_all_listed_in_the_box():
    form = sent(note=", ".join(f"Child {letter}" for letter in "ABCDEFG"))

    assert "“Child E” and 2 more may tell" in form.errors["note"][0]
    assert len(form.child_data) == 7


def test_other_errors_stay_and_so_does_the_tick():
    tick = sent(note="Child A was seen.").tick
    form = sent(note="Child A was seen.", address="nobody", names_no_child=tick)

    assert form.errors.keys() == {"address"}
    assert f'value="{tick}" checked' in str(form)


def test_the_override_says_where_and_what_and_never_the_words():
    plan = Plan()
    form = sent(note="Child A and N22 8LE, Child B", title="Family C")

    assert form.override("Milestone 1.1", plan) == Override(
        where="Milestone 1.1, title, progress note", kinds="a particular child or family, a full postcode", plan=plan
    )
    assert sent().override("Milestone 1.1", plan) is None


def test_the_box_names_the_field_and_the_words():
    page = str(sent(note="Child A was seen.", title="<b>Family C</b>"))

    assert "Progress note: “Child A” looks like a particular child or family." in page
    assert "Title: “Family C” looks like" in page
    assert "This does not tell who a child is. Save it as it is." in page
    assert "child-data" not in str(sent())
    assert "child-data" not in str(NoteForm())


def test_a_standing_hint_is_part_of_what_describes_the_field():
    page = str(NoteForm())

    assert page.count("Do not write anything that tells who a child is.") == 1
    assert 'id="id_note_helptext">For the board. Do not write anything that tells who a child is.</div>' in page
    assert 'aria-describedby="id_note_helptext"' in page
    assert 'aria-describedby="id_note_helptext id_note_error"' in str(sent(note="Child A was seen."))


@pytest.mark.parametrize(
    "name", [name for name, form in sorted(all_forms().items()) if issubclass(form, ChildDataCheck)]
)
def test_every_form_with_the_check_has_the_hint(name):
    form = all_forms()[name]
    unbound = form.__new__(form)
    ChildDataCheck.__init__(unbound)
    hints = [str(field.help_text).count(ChildDataCheck.HINT) for field in unbound.fields.values()]

    assert max(hints, default=1) == 1 or not free_texts(form)


@pytest.fixture
def rename(plan, people):
    def run(title, override):
        save = with_override(edit_plan, override)
        return save(plan=plan, title=title, reason="Clearer", by=people.manager)

    return run


def test_an_override_is_part_of_the_operation(plan, people, rename):
    rename("Family C", Override("The plan, title", "a particular child or family", plan))

    row, operation = ChildDataOverride.objects.get(), Operation.objects.latest("recorded_at")
    assert (row.plan, row.where, row.kinds, row.by) == (
        plan,
        "The plan, title",
        "a particular child or family",
        people.manager,
    )
    assert (operation.name, operation.recorded_at) == ("edit_plan", row.history.get().history_date)
    assert operation.recorded_at == plan.history.latest().history_date


def test_without_an_override_nothing_is_recorded(rename):
    rename("Another plan", None)

    assert not ChildDataOverride.objects.exists()


def test_what_cannot_be_saved_leaves_no_override(plan, rename):
    before = Operation.objects.count()

    with pytest.raises(Exception, match="at most 300 characters"):
        rename("x" * 301, Override("The plan, title", "a particular child or family", plan))

    assert not ChildDataOverride.objects.exists()
    assert Operation.objects.count() == before


def test_an_override_that_cannot_be_recorded_leaves_nothing_saved(plan, rename):
    before = plan.title

    with pytest.raises(Exception, match="at most 200 characters"):
        rename("Family C", Override("The plan, title", "x" * 201, plan))

    plan.refresh_from_db()
    assert plan.title == before


def test_a_long_place_is_shortened(plan, rename):
    rename("Family C", Override("x" * 300, "a particular child or family", plan))

    assert ChildDataOverride.objects.get().where == "x" * 199 + "…"


def test_a_plan_is_started_with_its_override(client, people, council):
    client.force_login(people.manager)
    data = {
        "title": "The plan of Family C",
        "cycle_anchor": "2011-05-02",
        "cycle_days": "14",
        "scheme": "four_statuses",
    }

    asked = client.post("/start-a-plan/", data)
    data["names_no_child"] = asked.context["form"].tick
    answers = [client.post("/start-a-plan/", data) for _ in range(2)]

    assert asked.status_code == 422
    assert "Title of the plan: “Family C” looks like a particular child or family." in asked.text
    assert [answer.status_code for answer in answers] == [302, 302]
    override = ChildDataOverride.objects.get()
    assert (override.plan, override.where) == (Plan.objects.get(), "New plan, title of the plan")
