"""Pictures, drawn anew: what is stored is the picture alone, without where it was taken or anything else hidden."""

import warnings
from io import BytesIO

from PIL import Image, ImageFile, ImageOps

from .refusal import FileRefused

MOST_PIXELS = 20_000_000
QUALITY = 90
FORMATS = {"png": "PNG", "jpg": "JPEG"}
DAMAGED = "The picture is cut short or damaged; save it again and try once more."


def redrawn(data: bytes, kind: str) -> bytes:
    """The picture (png or jpg) as new bytes: upright, its first frame, nothing with it.

    Its dimensions are looked at before anything is unpacked.
    """
    # Whoever draws PDFs in the same process lets Pillow make do with half a picture.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pictures with many pixels, which are counted here
            return _redrawn(data, FORMATS[kind])
    except Image.DecompressionBombError:
        raise _too_large() from None
    except (FileRefused, MemoryError, RecursionError):
        raise
    except Exception as error:
        # Decoders raise many kinds of errors over damaged pictures.
        raise FileRefused(DAMAGED, "file_damaged") from error


def _redrawn(data: bytes, form: str) -> bytes:
    if not data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        raise FileRefused("The name is that of a picture, the content is something else.", "file_type")
    if data.startswith(b"\x89PNG") != (form == "PNG"):
        raise FileRefused("The picture is of another kind than its name says; rename it.", "file_type")
    with Image.open(BytesIO(data), formats=[form]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise _too_large()
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    if form == "JPEG" and upright.mode not in ("L", "RGB"):
        upright = upright.convert("RGB")
    # A writer would take comments and profiles over; only what makes a colour transparent belongs to the picture.
    upright.info = {name: value for name, value in upright.info.items() if name == "transparency"}
    drawn = BytesIO()
    upright.save(drawn, form, **({"quality": QUALITY} if form == "JPEG" else {}))
    return drawn.getvalue()


def _too_large() -> FileRefused:
    return FileRefused("The picture has more than 20 million pixels; make it smaller.", "file_too_big")
