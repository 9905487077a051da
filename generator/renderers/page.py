"""The page around the article: one template, with the screen's styles or the paper's."""

from __future__ import annotations

from base64 import b64encode
from functools import cache

import jinja2
from markupsafe import Markup

from generator import assets
from generator.renderers.body import plain
from generator.renderers.draft import Draft
from generator.renderers.faces import SCREEN, rules

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def screen_page(draft: Draft) -> str:
    """Return the self-contained page: fonts and styles inside, nothing fetched, nothing run."""
    return _page(draft, draft.body, _styles())


def paper_page(draft: Draft, body: str) -> str:
    """Return the page for the PDF, whose worker holds fonts and styles itself."""
    return _page(draft, body, "")


def _page(draft: Draft, body: str, styles: str) -> str:
    brief = draft.brief
    return _template().render(
        brief=brief,
        language=brief.article.language,
        title=plain(brief, brief.article.headline),
        description=plain(brief, brief.article.standfirst),
        created=brief.as_of.isoformat(timespec="seconds"),
        policy=POLICY,
        styles=Markup(styles),  # noqa: S704  our own style sheets
        body=Markup(body),  # noqa: S704  cleaned by `body_of`
    )


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(assets.templates())
    env = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return env.get_template("brief.html.j2")


@cache
def _styles() -> str:
    screen, paper = (assets.asset(name).read_text("utf-8") for name in ("brief.css", "print.css"))
    return (
        f"<style>\n{rules(SCREEN, _data_uri)}</style>\n"
        f'<style media="screen">\n{screen}</style>\n<style media="print">\n{paper}</style>'
    )


def _data_uri(name: str) -> str:
    return f"data:font/woff2;base64,{b64encode(assets.asset(name).read_bytes()).decode()}"
