"""The gallery: finished architectures, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from builder.templates import small, vgg
from builder.templates.template import Template

__all__ = ["TEMPLATES", "Template"]

TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {template.name: template for template in (*small.TEMPLATES, *vgg.TEMPLATES)}
)
"""Every template by name, in the order of the gallery."""
