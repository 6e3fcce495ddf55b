"""The styles, the numbering and the settings of a Word paper, as the XML that Word reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from .ooxml import WORD
from .tables import PADDING

#: On every machine of a council, without serifs. The paper’s own font would have to travel in the file.
FONT = "Arial"
LINK = "1A5A96"
HEADINGS = (1, 2, 3, 4)
#: In twips.
LIST_INDENT = 400


@dataclass(frozen=True)
class Sizes:
    """Of letters, in points. Those of an accessible paper are nowhere under 12 (domain.md 6)."""

    text: float
    small: float
    foot: float
    headings: tuple[float, float, float, float]


ACCESSIBLE = Sizes(12, 12, 12, (20, 16, 14, 12))
CLASSIC = Sizes(9, 7.5, 8.5, (18, 14, 11.5, 10.5))


def styles_xml(sizes: Sizes, *, language: str, heading_colour: str, rule: str) -> bytes:
    """`rule` is the colour of the line below the title, empty without one."""
    headings = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/>'
        '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:uiPriority w:val="9"/><w:qFormat/>'
        f'<w:pPr><w:keepNext/><w:keepLines/>{_rule(rule) if level == 1 else ""}<w:spacing w:before="'
        f'{0 if level == 1 else 240}" w:after="100"/><w:outlineLvl w:val="{level - 1}"/></w:pPr>'
        f"<w:rPr><w:b/><w:bCs/>{_colour(heading_colour)}{_size(size)}</w:rPr></w:style>"
        for level, size in zip(HEADINGS, sizes.headings, strict=True)
    )
    return _document(
        "styles",
        f'<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" '
        f'w:cs="{FONT}"/>{_size(sizes.text)}<w:lang w:val={quoteattr(language)} w:eastAsia={quoteattr(language)} '
        'w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="100" w:line="259" '
        'w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority '
        'w:val="99"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left '
        'w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar>'
        "</w:tblPr></w:style>"
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/></w:style>'
        + headings
        + _paragraph("Caption", "caption", "<w:keepNext/>", "<w:b/><w:bCs/>")
        + _paragraph("ListParagraph", "List Paragraph", '<w:spacing w:after="60"/>')
        + _paragraph("Quote", "Quote", '<w:spacing w:after="100"/><w:ind w:left="400" w:right="400"/>')
        + _paragraph("TableText", "Table Text", '<w:spacing w:after="40" w:line="245" w:lineRule="auto"/>')
        + _paragraph("TableTextSmall", "Table Text Small", "", _size(sizes.small), based_on="TableText")
        + _paragraph("Header", "header", '<w:spacing w:after="0"/><w:jc w:val="right"/>')
        + _paragraph("Footer", "footer", '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>', _size(sizes.foot))
        + '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:basedOn '
        f'w:val="DefaultParagraphFont"/><w:rPr><w:color w:val="{LINK}"/><w:u w:val="single"/></w:rPr></w:style>'
        '<w:style w:type="character" w:customStyle="1" w:styleId="Sign"><w:name w:val="Sign"/><w:basedOn '
        'w:val="DefaultParagraphFont"/><w:rPr><w:b/><w:bCs/></w:rPr></w:style>'
        '<w:style w:type="table" w:customStyle="1" w:styleId="PaperTable"><w:name w:val="Paper Table"/><w:basedOn '
        'w:val="TableNormal"/><w:tblPr><w:tblBorders>'
        + "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="6F777B"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        + f'</w:tblBorders><w:tblCellMar><w:top w:w="60" w:type="dxa"/><w:left w:w="{PADDING}" w:type="dxa"/>'
        f'<w:bottom w:w="30" w:type="dxa"/><w:right w:w="{PADDING}" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>',
    )


def numbering_xml(lists: Sequence[tuple[str, int]]) -> bytes:
    """The numbering of every list of the paper, in its order: each its format and the number that it begins with."""
    formats = list(dict.fromkeys(format for format, _ in lists))
    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="hybridMultilevel"/>'
        + "".join(_level(format, level) for level in range(9))
        + "</w:abstractNum>"
        for number, format in enumerate(formats)
    )
    each = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{formats.index(format)}"/>'
        + "".join(
            f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>' for level in range(9)
        )
        + "</w:num>"
        for number, (format, start) in enumerate(lists, start=1)
    )
    return _document("numbering", kinds + each)


def settings_xml(language: str) -> bytes:
    return _document(
        "settings",
        '<w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
        f'w:val="15"/></w:compat><w:themeFontLang w:val={quoteattr(language)}/><w:decimalSymbol w:val="."/>'
        '<w:listSeparator w:val=","/>',
    )


def _level(format: str, level: int) -> str:
    words = "•" if format == "bullet" else f"(%{level + 1})" if format != "decimal" else f"%{level + 1}."
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{format}"/><w:lvlText w:val="{words}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{LIST_INDENT * (level + 1)}" w:hanging="{LIST_INDENT}"/></w:pPr>'
        "</w:lvl>"
    )


def _paragraph(style: str, name: str, paragraph: str, run: str = "", *, based_on: str = "Normal") -> str:
    custom = ' w:customStyle="1"' if style.startswith("TableText") else ""
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{style}"><w:name w:val="{name}"/><w:basedOn '
        f'w:val="{based_on}"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>'
    )


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _colour(colour: str) -> str:
    return f'<w:color w:val="{colour}"/>' if colour else ""


def _rule(colour: str) -> str:
    return f'<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="3" w:color="{colour}"/></w:pBdr>' if colour else ""


def _document(root: str, content: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:{root} xmlns:w="{WORD}">{content}</w:{root}>'
    ).encode()
