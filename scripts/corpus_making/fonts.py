"""The fonts of the sample corpus: documents are set in these and in no others."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "corpus" / "sources" / "fonts"

KASHIDA = 0x0640

FONTS = {
    "Vazirmatn": "Vazirmatn",
    "Noto Naskh Arabic": "NotoNaskhArabic",
    "Noto Serif": "NotoSerif",
}


def path(family: str, style: str = "Regular") -> Path:
    """The file of a font; ``style`` is Regular, Bold or Italic."""
    return FOLDER / f"{FONTS[family]}-{style}.ttf"


def fontconfig(folder: Path, fonts: Path = FOLDER) -> Path:
    """Write a configuration under which a program sees the fonts of one folder alone."""
    config = folder / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?>\n<fontconfig>\n'
        f"<dir>{fonts}</dir>\n<cachedir>{folder / 'fontcache'}</cachedir>\n</fontconfig>\n",
        encoding="utf-8",
    )
    return config


def without_kashida(folder: Path) -> Path:
    """Copy the fonts without their kashida, which LibreOffice would justify lines with."""
    from fontTools.ttLib import TTFont

    copies = folder / "fonts"
    copies.mkdir()
    for source in sorted(FOLDER.glob("*.ttf")):
        font = TTFont(source, recalcTimestamp=False)
        for table in font["cmap"].tables:
            table.cmap.pop(KASHIDA, None)
        font.save(copies / source.name)
    return copies
