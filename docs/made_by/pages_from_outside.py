"""A hook of MkDocs: pages that lie outside `docs`, and links between all of them.

Configuration, clusters, pipelines and the change log are documented beside what they are about, where GitHub shows them.
The site has them under `elsewhere/`, and a link that leaves `docs` leads there; a link to anything else becomes
the name of the file.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pymdownx.slugs import slugify

ROOT = Path(__file__).parents[2]
PAGES = {
    "elsewhere/configuration.md": "conf/README.md",
    "elsewhere/clusters.md": "slurm/README.md",
    "elsewhere/changes.md": "CHANGELOG.md",
    **{
        f"elsewhere/pipeline-{folder.name}.md": f"src/lapa/pipelines/{folder.name}/README.md"
        for folder in sorted((ROOT / "src/lapa/pipelines").iterdir())
        if (folder / "README.md").is_file()
    },
}
"""Address on the site -> file of the repository."""
ADDRESSES = {file: address for address, file in PAGES.items()}
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<file>[^)\s:#]+)(?P<anchor>#[^)\s]*)?\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Name headings as GitHub does, so that a link to one works in both places."""
    config.mdx_configs.setdefault("toc", {})["slugify"] = slugify(case="lower")
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from outside."""
    for address, file in PAGES.items():
        files.append(File.generated(config, address, content=(ROOT / file).read_text()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead every link between pages to where its page lies on the site."""
    address = page.file.src_uri

    def led(link: re.Match[str]) -> str:
        return _led(link, address, files)

    return _LINK.sub(led, markdown)


def _led(link: re.Match[str], address: str, files: Files) -> str:
    """The link as the site needs it; plain text where its file is none of the site's pages."""
    here = PurePosixPath(PAGES.get(address, f"docs/{address}")).parent
    file = os.path.normpath(here / link["file"])
    target = ADDRESSES.get(file, file.removeprefix("docs/"))
    if files.get_file_from_path(target) is None:
        return link["text"]
    relative = os.path.relpath(target, PurePosixPath(address).parent)
    return f"[{link['text']}]({relative}{link['anchor'] or ''})"
