"""The public copy of every kind of paper in every format: what it leaves out is nowhere in the file (reliability.md
T-07), neither in what it prints nor in its properties, its streams or its hidden parts.

Everything that the public may not read carries one of two marks. Each is looked for in all that a file consists of, and
in our own copy to see that it would be found.
"""

import io
import re
import zipfile
import zlib
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pikepdf
import pypdfium2
import pytest
from lxml import html as lxml_html

from indicators.position import CommentaryPosition
from indicators.terms import NoValue
from milestones.models import Evidence, Milestone
from milestones.position import ChancePosition, EvidencePosition, ExtensionPosition, IndependentPosition
from plans.position import PersonPosition
from reports.governance import DecidedDate
from reports.looks import Look
from reports.milestone_paper import Layout
from reports.papers import KINDS, Order, make_paper
from reports.position import PlanPosition, counts_of
from reports.selection import Readers, _narrowed, scheme_of
from reports.stamps import Stamp

from .demonstrated import TODAY, cut
from .test_pdf_of_every_paper import COVER

#: In every text that is left out, and in every key of a person or an account. No word of a plan has either.
MARK, KEY = "Zzyzx", 76543210
MAIL = f"{MARK.lower()}@council.example"
#: A figure that counts four people, as it would print, and what it counts them of.
SMALL, OF = "0.27%", 1481

PUBLIC = [kind for kind, made in KINDS.items() if made.has_public_copy]
MADE = [
    (kind, format, layout)
    for kind in PUBLIC
    for format, made in KINDS[kind].formats.items()
    # The classic PDF and Word are made of the classic HTML, which is looked through.
    for layout in (Layout if made.has_layouts and format == "html" else [Layout.ACCESSIBLE])
]
#: Kinds that print nothing that is left out, not even for us.
SAY_NOTHING = {"cover"}


#: The key of the milestone and the action that are internal.
HIDDEN = 9_000_001
SINCE, AS_AT = TODAY - timedelta(days=9), TODAY


def marked(words: str = "") -> str:
    return f"{MARK} {words} {MAIL}".strip()


pytestmark = pytest.mark.django_db


# --- What the public may not read ---


class Planting:
    """Puts a mark into everything of a position that the public copy leaves out."""

    asked = ExtensionPosition(1, SINCE, AS_AT, marked("why"), marked("then"), SINCE, False, 9)

    def whole(self, position: PlanPosition) -> PlanPosition:
        scheme = scheme_of(position)
        themes = [self.everyone(theme) for theme in position.themes]
        shown = [
            replace(theme, actions=tuple(replace(each, milestones=self.milestones(each)) for each in theme.actions))
            for theme in themes
        ]
        first = shown[0]
        hidden = self.hidden(first.actions[0], HIDDEN)
        shown[0] = replace(first, actions=(*first.actions, hidden))
        milestones = [each for theme in shown for action in theme.actions for each in action.milestones]
        return replace(
            position,
            themes=tuple(
                replace(
                    theme,
                    counts=counts_of((each for action in theme.actions for each in action.milestones), scheme),
                )
                for theme in shown
            ),
            counts=counts_of(milestones, scheme),
            evidence=tuple(self.evidence(place, each) for place, each in enumerate(position.evidence)),
            scorecard=replace(
                self.everyone(position.scorecard),
                hides_up_to=5,
                indicators=tuple(map(self.indicator, self.everyone(position.scorecard).indicators)),
            ),
            governance=self.governance(self.everyone(position.governance), shown[0].actions[0].milestones[0].id),
        )

    def everyone(self, thing):
        """The thing with another name, no account and another key for everybody in it who is not named in public."""
        if isinstance(thing, PersonPosition):
            if thing.is_named_in_public:
                return thing
            return replace(thing, id=KEY * 100 + thing.id % 100, name=f"{MARK} {thing.name}")
        if isinstance(thing, tuple):
            return tuple(map(self.everyone, thing))
        if is_dataclass(thing) and not isinstance(thing, type):
            return replace(
                thing,
                **{each.name: self.everyone(getattr(thing, each.name)) for each in fields(thing) if each.init},
            )
        return thing

    def milestones(self, action):
        return tuple(self.milestone(place, each) for place, each in enumerate(action.milestones))

    def milestone(self, place, each):
        """With a note of support, an independent finding, an overridden forecast and, of every other one, a request for
        a new date that no board is asked for."""
        asked = self.asked
        return replace(
            each,
            note=replace(each.note, support_text=marked("support")) if each.note else None,
            independent=IndependentPosition(
                each.start_on, "Peer reviewer", marked("peer"), "partly", "Partly achieved", marked("found"), True
            ),
            chance=ChancePosition("likely", (marked("rule"),), "unlikely", marked("word"), each.start_on),
            extension=asked
            if place % 2
            else replace(asked, reason="Two posts are vacant.", consequence="A wait.", is_for_board=True),
        )

    def hidden(self, action, key):
        """An action that has an internal milestone alone, and all its words."""
        milestone = replace(
            action.milestones[0],
            id=key,
            address=f"{MARK}-1",
            ref=f"{MARK}1",
            text=marked("text"),
            due_words=marked("due"),
            lead_role=marked("role"),
            outcome_words=marked("outcome"),
            embedded_words=marked("embedded"),
            note=replace(action.milestones[0].note, text=marked("note")),
            visibility=Milestone.Visibility.INTERNAL,
            extension=replace(self.asked, is_for_board=True),
            action_id=key,
            action_ref=f"{MARK}1",
            references=(),
        )
        outcomes = tuple(
            replace(each, id=key, text=marked("o"), judged_note=marked("j")) for each in action.outcomes[:1]
        )
        return replace(
            action, id=key, ref=f"{MARK}1", text=marked("action"), monitoring=marked("m"), programme_ref=MARK,
            references=(), outcomes=outcomes, milestones=(milestone,),
        )  # fmt: skip

    def evidence(self, place: int, each: EvidencePosition) -> EvidencePosition:
        """Public, internal and restricted by turns; of the public what its check said is marked alone."""
        sensitivity = list(Evidence.Sensitivity)[place % 3]
        each = replace(
            each,
            sensitivity=sensitivity,
            added_by_id=KEY * 100 + 99,
            checked_by=marked("checker"),
            finding_note=marked("finding"),
        )
        if sensitivity == Evidence.Sensitivity.PUBLIC:
            return each
        return replace(
            each, title=marked("title"), file_name=f"{MARK}.txt", link=f"https://{MARK}.example", location=MARK,
            note=marked("note"), sha256=MARK,
        )  # fmt: skip

    def indicator(self, each):
        """With notes on its figures; its newest one counts four people, and its commentary is of that."""
        series = tuple(replace(point, note=marked("note")) for point in each.series)
        if series:
            small = replace(
                series[-1], numerator=Decimal(4), denominator=Decimal(OF), value=Decimal("0.27"), printed=SMALL,
                no_value="", no_value_words="", is_entered=True,
            )  # fmt: skip
            said = CommentaryPosition(small.label, True, marked("Four moved."), marked("act"), None, None)
            each = replace(each, commentary=said, series=(*series[:-1], small), is_key=True)
        earlier = tuple(replace(point, note=marked("note")) for point in each.earlier)
        return replace(each, earlier=earlier)

    def governance(self, found, shown: int):
        """With marks in risks, in what a regulator answered, in the reasons for new dates, asked for of what is `shown`
        and of what is not, and in reviews to come."""
        decided = [
            DecidedDate(
                number, milestone, SINCE, AS_AT, marked("reason"), marked("then"), SINCE, is_for_board, "granted",
                "Granted", AS_AT, marked("words"), "Board", AS_AT,
            )
            for number, (milestone, is_for_board) in enumerate([(shown, True), (shown, False), (HIDDEN, True)])
        ]  # fmt: skip
        return replace(
            found,
            answers=tuple(replace(each, said=marked("said")) for each in found.answers),
            decided=tuple(decided),
            risks=tuple(
                replace(each, words=marked("risk"), mitigation=marked("mitigation"), closed_words=marked("closed"))
                for each in found.risks
            ),
            reviews=tuple(
                replace(each, title=marked("review"), short_name=MARK, bodies=MARK) for each in found.reviews
            ),
        )


@pytest.fixture(scope="module")
def positions(demonstrated) -> tuple[PlanPosition, PlanPosition]:
    """Four weeks before and now, with marks."""
    before, now = (Planting().whole(cut(each)) for each in (demonstrated.before, demonstrated.now))
    assert now.governance.risks
    assert now.evidence
    return tuple(_narrowed(each, lambda *_: True, lambda _: True) for each in (before, now))


@pytest.fixture(scope="module")
def made(positions):
    """Makes each file once."""
    files: dict[tuple, bytes] = {}

    def make(kind: str, format: str, readers: Readers, layout: Layout = Layout.ACCESSIBLE) -> bytes:
        key = (kind, format, readers, layout)
        if key not in files:
            before, now = positions
            order = Order(
                layout=layout,
                readers=readers,
                before=before,
                cover=COVER,
                stamp=Stamp(pack=12, version=2, check_code="7Q4M-2K9D"),
                look=Look(number=1, marking="Official"),
            )
            files[key] = make_paper(kind, format, now, order).content
        return files[key]

    return make


# --- All that a file consists of ---


def everything_in(format: str, content: bytes) -> str:
    """What a file prints and what it is made of, unpacked, as one text."""
    if format == "pdf":
        return in_pdf(content)
    if format in ("docx", "xlsx"):
        return in_zip(content)
    text = content.decode("utf-8-sig")
    return f"{text}\n{lxml_html.document_fromstring(text).text_content()}" if format == "html" else text


def in_zip(content: bytes) -> str:
    """The names of its files and their texts, also without the tags that may stand within a word."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        found.append(file.comment.decode("latin-1"))
        for entry in file.infolist():
            text = file.read(entry).decode("utf-8", errors="replace")
            found += [entry.filename, entry.comment.decode("latin-1"), text, re.sub(r"<[^>]*>", "", text)]
    return "\n".join(found)


def in_pdf(content: bytes) -> str:
    """The words of its pages, every string and name of its objects, and every stream unpacked."""
    found = [content.decode("latin-1")]
    with pypdfium2.PdfDocument(content) as document:
        found += ["".join(page.get_textpage().get_text_bounded().split("\r\n")) for page in document]
        found += [page.get_textpage().get_text_bounded() for page in document]
    with pikepdf.open(io.BytesIO(content)) as file:
        for thing in file.objects:
            found += strings_in(thing)
            if isinstance(thing, pikepdf.Stream):
                found.append(unpacked(thing).decode("utf-8", errors="replace"))
        found += [str(value) for value in file.docinfo.values()]
    return "\n".join(found)


def unpacked(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:  # a picture
        return stream.read_raw_bytes()


def strings_in(thing):
    if isinstance(thing, pikepdf.String):
        yield str(thing)
    elif isinstance(thing, pikepdf.Array):
        for each in thing:
            yield from () if getattr(each, "is_indirect", False) else strings_in(each)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for name, each in thing.items():
            yield name
            yield from () if getattr(each, "is_indirect", False) else strings_in(each)


def marks_in(text: str) -> set[str]:
    """What of the marks is in a text, with or without the spaces in which a line ended."""
    return {mark for mark in (MARK.casefold(), str(KEY)) if mark in re.sub(r"\s", "", text.casefold())}


# --- The tests ---


@pytest.mark.parametrize(("kind", "format", "layout"), MADE, ids=lambda each: str(each))
def test_nothing_that_is_left_out_of_a_public_copy_is_anywhere_in_its_file(made, kind, format, layout):
    found = everything_in(format, made(kind, format, Readers.PUBLIC, layout))

    assert marks_in(found) == set()


@pytest.mark.parametrize("kind", [kind for kind in PUBLIC if kind not in SAY_NOTHING])
def test_our_own_copy_has_what_the_public_one_leaves_out(made, kind):
    assert marks_in(everything_in("html", made(kind, "html", Readers.INTERNAL))) >= {MARK.casefold()}


@pytest.mark.parametrize("format", KINDS["milestones"].formats)
def test_a_mark_is_found_in_every_format(made, format):
    assert MARK.casefold() in marks_in(everything_in(format, made("milestones", format, Readers.INTERNAL)))


@pytest.mark.parametrize("format", KINDS["indicators"].formats)
def test_a_count_of_four_is_in_our_copy_alone(made, format):
    ours, public = (made("indicators", format, readers) for readers in (Readers.INTERNAL, Readers.PUBLIC))

    # In Excel the figure is a number, in the table it is as the rows have it.
    signs = (SMALL, "0.27", str(OF), "0.0027")
    assert any(sign in everything_in(format, ours) for sign in signs)
    assert not any(sign in printed_words(format, public) for sign in signs)


def printed_words(format: str, content: bytes) -> str:
    """What it says; in a PDF the places of things are numbers too."""
    if format != "pdf":
        return re.sub(r"<style>.*?</style>|data:[^\"]*", "", everything_in(format, content), flags=re.DOTALL)
    with pypdfium2.PdfDocument(content) as document:
        return " ".join(page.get_textpage().get_text_bounded() for page in document)


def test_a_mark_is_found_wherever_it_hides():
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.docinfo["/Subject"] = f"By {MARK}"
    pdf.Root.Hidden = pdf.make_stream(zlib.compress(str(KEY).encode()), {"/Filter": pikepdf.Name.FlateDecode})
    written = io.BytesIO()
    pdf.save(written, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", f"<t>{MARK[:3]}</t><t>{MARK[3:]}</t>")

    assert marks_in(everything_in("pdf", written.getvalue())) == {MARK.casefold(), str(KEY)}
    assert marks_in(everything_in("docx", box.getvalue())) == {MARK.casefold()}


def test_the_position_has_no_public_copy():
    assert [kind for kind in KINDS if not KINDS[kind].has_public_copy] == ["position"]
    assert NoValue.SUPPRESSED.value == "c"
