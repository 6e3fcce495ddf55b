"""A whole Word document: its page, its head and foot, its properties, and the package of its parts.

Nothing is in it but what the paper says: no names of who made it, no marks of revisions, nothing hidden. The same HTML
gives the same bytes.
"""

import io
import zipfile
from xml.sax.saxutils import escape

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.package import Package

from ..paper_reading import PaperRead, read_paper
from ..paper_sheet import paper_sheet
from ..zip_entries import zip_entry
from .body import BodyWriter, Resources
from .ooxml import RELATIONS, TWIPS_IN_MM, WORD, Element, add, as_bytes, new
from .pictures import Picture, pictures_of
from .styles import ACCESSIBLE, CLASSIC, numbering_xml, settings_xml, styles_xml
from .tables import Frame

SHORT_SIDE, LONG_SIDE = round(210 * TWIPS_IN_MM), round(297 * TWIPS_IN_MM)
TOP, SIDE, UPRIGHT_SIDE, BOTTOM, EDGE = (round(each * TWIPS_IN_MM) for each in (15, 12, 20, 20, 7))
CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
DRAFT = "DRAFT"
LEAST_CONTRAST = 4.5
# As Word itself writes a watermark of words.
_WATERMARK = (
    '<w:r><w:rPr><w:noProof/></w:rPr><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" '
    'adj="10800" path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
    '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f '
    'eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/><v:f '
    'eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas><v:path '
    'textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" '
    'o:connectangles="270,180,90,0"/><v:textpath on="t" fitshape="t"/><v:handles><v:h position="#0,bottomRight" '
    'xrange="6629,14971"/></v:handles><o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype><v:shape '
    'id="DraftWatermark" o:spid="_x0000_s2049" type="#_x0000_t136" alt="" style="position:absolute;margin-left:0;'
    "margin-top:0;width:430pt;height:172pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;"
    'mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin" '
    'o:allowincell="f" fillcolor="silver" stroked="f"><v:fill opacity=".5"/><v:textpath '
    f'style="font-family:&quot;Arial&quot;;font-size:1pt" string="{DRAFT}"/></v:shape></w:pict></w:r>'
)


def render_word(html: str) -> bytes:
    """The Word document of a paper’s HTML (docs/papers.md). Raises PdfRefused where its drawings cannot be drawn."""
    paper = read_paper(html)
    return _Package(paper).made()


class _Main(Part):
    """The document itself: what it holds is known when all it refers to is."""

    content = b""

    @property
    def blob(self) -> bytes:
        return self.content


class _Package:
    def __init__(self, paper: PaperRead):
        self.paper = paper
        self.package = Package()
        self.sizes = CLASSIC if paper.is_classic else ACCESSIBLE
        self.page = (SHORT_SIDE, LONG_SIDE) if paper.is_portrait else (LONG_SIDE, SHORT_SIDE)
        self.side = UPRIGHT_SIDE if paper.is_portrait else SIDE
        self.main = _Main(PackURI("/word/document.xml"), MAIN, package=self.package)
        self.links: dict[str, str] = {}
        self.images: dict[Picture, str] = {}

    def made(self) -> bytes:
        paper, language = self.paper, self.paper.language
        self.package.relate_to(self.main, RELATIONSHIP_TYPE.OFFICE_DOCUMENT)
        self._add(
            "/docProps/core.xml", CONTENT_TYPE.OPC_CORE_PROPERTIES, RELATIONSHIP_TYPE.CORE_PROPERTIES, _core(paper)
        )
        self._add(
            "/docProps/app.xml",
            CONTENT_TYPE.OFC_EXTENDED_PROPERTIES,
            RELATIONSHIP_TYPE.EXTENDED_PROPERTIES,
            _application(paper),
        )
        colour = paper.colour if _contrast(paper.colour or "000000") >= LEAST_CONTRAST else ""
        self._word("styles", styles_xml(self.sizes, language=language, heading_colour=colour, rule=paper.colour))
        self._word("settings", settings_xml(language))
        foot = self._word("footer", _foot(paper, self.page[0] - 2 * self.side), "footer1")
        head = self._word("header", _draft_head(), "header1") if paper.is_draft else ""
        resources = Resources(link=self._link, picture=self._image)
        self.main.content = as_bytes(self._document(resources, head, foot))
        if resources.lists:
            self._word("numbering", numbering_xml(resources.lists))
        return self._packed()

    def _document(self, resources: Resources, head: str, foot: str) -> Element:
        width, height = self.page
        frame = Frame(width - 2 * self.side, height - TOP - BOTTOM, self.sizes.text, self.sizes.small)
        addresses = [each.get("src") or "" for each in self.paper.body.iter("img")]
        document = new("w:document")
        body = add(document, "w:body")
        writer = BodyWriter(
            frame=frame,
            sheet=paper_sheet(),
            pictures=pictures_of(addresses),
            resources=resources,
            is_short=self.paper.is_short,
        )
        writer.write(self.paper.body, body)
        section = add(body, "w:sectPr")
        for name, place in (("w:headerReference", head), ("w:footerReference", foot)):
            if place:
                add(section, name, type="default").set(f"{{{RELATIONS}}}id", place)
        turned = {} if self.paper.is_portrait else {"orient": "landscape"}
        add(section, "w:pgSz", w=width, h=height, **turned)
        add(
            section,
            "w:pgMar",
            top=TOP,
            right=self.side,
            bottom=BOTTOM,
            left=self.side,
            header=EDGE,
            footer=EDGE,
            gutter=0,
        )
        add(section, "w:cols", space=720)
        return document

    # Parts

    def _part(self, name: str, content_type: str, content: bytes) -> Part:
        return Part(PackURI(name), content_type, content, self.package)

    def _add(self, name: str, content_type: str, relation: str, content: bytes) -> None:
        self.package.relate_to(self._part(name, content_type, content), relation)

    def _word(self, kind: str, content: bytes, name: str = "") -> str:
        content_type = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
        return self.main.relate_to(
            self._part(f"/word/{name or kind}.xml", content_type, content), f"{RELATIONS}/{kind}"
        )

    def _link(self, address: str) -> str:
        if address not in self.links:
            self.links[address] = self.main.rels.get_or_add_ext_rel(RELATIONSHIP_TYPE.HYPERLINK, address)
        return self.links[address]

    def _image(self, picture: Picture) -> str:
        if picture not in self.images:
            name = f"/word/media/image{len(self.images) + 1}.{picture.ending}"
            content_type = "image/png" if picture.ending == "png" else "image/jpeg"
            part = self._part(name, content_type, picture.content)
            self.images[picture] = self.main.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
        return self.images[picture]

    def _packed(self) -> bytes:
        """The package, without the time at which it was made."""
        first, last = io.BytesIO(), io.BytesIO()
        self.package.save(first)
        with zipfile.ZipFile(first) as made, zipfile.ZipFile(last, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in made.namelist():
                packed.writestr(zip_entry(name), made.read(name))
        return last.getvalue()


def _core(paper: PaperRead) -> bytes:
    moments = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name, moment in (("created", paper.created), ("modified", paper.modified))
        if moment
    )
    return _xml(
        f'<cp:coreProperties xmlns:cp="{CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(paper.title)}</dc:title><dc:creator>{escape(paper.author)}</dc:creator>"
        f"<dc:language>{escape(paper.language)}</dc:language>{moments}</cp:coreProperties>"
    )


def _application(paper: PaperRead) -> bytes:
    return _xml(
        f'<Properties xmlns="{EXTENDED}"><Application>Waymark</Application><Company>{escape(paper.author)}</Company>'
        "</Properties>"
    )


def _foot(paper: PaperRead, width: int) -> bytes:
    """Title and page in the first line, in the second of what day and, in a pack, of which pack."""
    title, as_at, stamp = paper.foot
    pages = f"{_text('Page ')}{_field('PAGE')}{_text(' of ')}{_field('NUMPAGES')}"
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{width}"/></w:tabs>'
    start = f'<w:p><w:pPr><w:pStyle w:val="Footer"/>{tab}</w:pPr>'
    second = f"{start}{_text(as_at)}<w:r><w:tab/></w:r>{_text(stamp)}</w:p>" if as_at or stamp else ""
    return _xml(f'<w:ftr xmlns:w="{WORD}">{start}{_text(title)}<w:r><w:tab/></w:r>{pages}</w:p>{second}</w:ftr>')


def _draft_head() -> bytes:
    """The word in bold, which prints everywhere and is read aloud, and the same across the page."""
    names = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    return _xml(
        f'<w:hdr xmlns:w="{WORD}" {names}><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr><w:r><w:rPr><w:b/></w:rPr>'
        f"<w:t>{DRAFT}</w:t></w:r>{_WATERMARK}</w:p></w:hdr>"
    )


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _text(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def _xml(content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{content}'.encode()


def _contrast(colour: str) -> float:
    """With white, as WCAG counts it."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
