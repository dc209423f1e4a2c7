"""What MkDocs is told beyond website/mkdocs.yml: which files there are, and in which order."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from website.links import ROOT
from website.navigation import navigation
from website.tree import files_of_site, is_copied, page_of, place, with_links_to_places


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    config.nav = navigation()
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for path in files_of_site():
        if is_copied(path):
            files.append(File(place(path), str(ROOT), config.site_dir, config.use_directory_urls))
        else:
            files.append(File.generated(config, place(path), content=page_of(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    if page.file.generated_by:
        return markdown
    return with_links_to_places(markdown, ROOT / page.file.src_uri)
