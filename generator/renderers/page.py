"""The page around the article: one template, with the screen's styles or the paper's."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from pathlib import Path

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
    return _page(draft, draft.body, _styles(draft.theme))


def paper_page(draft: Draft, body: str) -> str:
    """Return the page for the PDF, whose worker holds fonts and our print style itself."""
    own = None if draft.theme is None else draft.theme / "static" / "print.css"
    style = f"<style>\n{own.read_text('utf-8')}</style>" if own is not None and own.is_file() else ""
    return _page(draft, body, style)


def _page(draft: Draft, body: str, styles: str) -> str:
    brief = draft.brief
    return _template(draft.theme).render(
        brief=brief,
        language=brief.article.language,
        title=plain(brief, brief.article.headline),
        description=plain(brief, brief.article.standfirst),
        created=brief.moment.isoformat(timespec="seconds"),
        policy=POLICY,
        styles=Markup(styles),  # noqa: S704  our own style sheets
        body=Markup(body),  # noqa: S704  cleaned by `body_of`
    )


@cache
def _template(theme: Path | None) -> jinja2.Template:
    places = [assets.templates()] if theme is None else [theme / "templates", assets.templates()]
    loader = jinja2.FileSystemLoader(places)
    env = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return env.get_template("brief.html.j2")


@cache
def _styles(theme: Path | None) -> str:
    screen, paper = (_style(name, theme) for name in ("brief.css", "print.css"))
    return (
        f"<style>\n{rules(SCREEN, _data_uri)}</style>\n"
        f'<style media="screen">\n{screen}</style>\n<style media="print">\n{paper}</style>'
    )


def _style(name: str, theme: Path | None) -> str:
    own = None if theme is None else theme / "static" / name
    path = own if own is not None and own.is_file() else assets.asset(name)
    return path.read_text("utf-8")


def _data_uri(name: str) -> str:
    return f"data:font/woff2;base64,{b64encode(assets.asset(name).read_bytes()).decode()}"
