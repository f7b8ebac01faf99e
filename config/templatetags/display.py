"""Small marks of the visual language: icons, pills, notices, and a block's second showing."""

from typing import Any

from django import template
from django.template import Context, loader
from django.template.base import Parser, Token
from django.template.loader_tags import BlockNode
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from config.tones import TONES, tone_of

register = template.Library()

NOTICE_ICONS = {"info": "info", "warn": "warn", "act": "warn", "ok": "check"}


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """{% icon "check" %}: a 16 px mark from the sprite, always beside a word."""
    css = f"i {classes}".strip()
    link = f"{static('icons.svg')}#i-{name}"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', css, link)


@register.simple_tag
def pill(state: Any, label: Any = None, mark: str = "") -> SafeString:
    """{% pill dossier.status dossier.get_status_display %}: icon and word for a state.

    state: a workflow's state (see config/tones.py) or a tone itself (todo doing done warn act
    late locked stop line grey); label: the words, by default the state's own label;
    mark: another icon.
    """
    tone = TONES[tone_of(state)]
    words = label if label is not None else getattr(state, "label", state)
    css = f"pill {tone.css}".strip()
    return format_html('<span class="{}">{}{}</span>', css, icon(mark or tone.icon), words)


@register.simple_tag(takes_context=True)
def panel_body(context: Context, panel: Any) -> SafeString:
    """{% panel_body panel %}: another app's panel, drawn with its own values beside the page's."""
    body: Any = loader.get_template(panel.template)
    with context.push(**panel.context):
        drawn: SafeString = body.template.render(context)
    return drawn


@register.simple_block_tag
def notice(content: str, kind: str = "info", **attributes: str) -> SafeString:
    """{% notice "warn" role="status" id="why" %}<strong>…</strong> … {% endnotice %}."""
    extra = format_html_join("", ' {}="{}"', attributes.items())
    return format_html(
        '<div class="notice is-{}"{}>{}<div>{}</div></div>',
        kind, extra, icon(NOTICE_ICONS.get(kind, "info")), conditional_escape(content),
    )  # fmt: skip


class BlockAgain(template.Node):
    """Shows a block a second time, wherever it was last overridden."""

    def __init__(self, name: str) -> None:
        self.block = BlockNode(name, template.NodeList())

    def render(self, context: template.Context) -> SafeString:
        return self.block.render(context)


@register.tag
def blockagain(parser: Parser, token: Token) -> BlockAgain:
    """{% blockagain title %}: the page's title is written once and shown twice."""
    try:
        _tag, name = token.split_contents()
    except ValueError:
        raise template.TemplateSyntaxError("blockagain takes the name of one block") from None
    return BlockAgain(name)
