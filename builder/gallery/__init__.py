"""The gallery: finished architectures, by name.

May import `transforms`, `network` and what is below them. Begin with `template.py`, then a family,
say `small.py`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from builder.gallery import (
    classic,
    densenet,
    efficientnet,
    inception,
    mobile,
    nasnet,
    resnet,
    small,
    unet,
    vgg,
)
from builder.gallery.template import Template

__all__ = ["TEMPLATES", "Template"]

_FAMILIES = (small, classic, vgg, inception, resnet, densenet, mobile, nasnet, efficientnet, unet)

TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {template.name: template for family in _FAMILIES for template in family.TEMPLATES}
)
"""Every template by name, in the order of the gallery."""
