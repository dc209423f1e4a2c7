"""Write the parameters of template.yaml into docs/deploying.md, as one table per group.

It only writes between its two markers; the rest of the page is written by hand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "deploying.md"
BEGIN = "<!-- parameters: generated from template.yaml by make docs -->"
END = "<!-- end of parameters -->"


def render(template: dict[str, Any]) -> str:
    """The tables, in Markdown."""
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    return "\n\n".join(_table(group, template["Parameters"]) for group in groups)


def _table(group: dict[str, Any], parameters: dict[str, dict[str, Any]]) -> str:
    lines = [f"**{group['Label']['default']}**", ""]
    lines += ["| parameter | default | values | meaning |", "|---|---|---|---|"]
    for name in group["Parameters"]:
        one = parameters[name]
        default = f"`{one['Default']}`" if one["Default"] != "" else "none"
        lines.append(f"| `{name}` | {default} | {_values(one)} | {one['Description']} |")
    return "\n".join(lines)


def _values(parameter: dict[str, Any]) -> str:
    if "AllowedValues" in parameter:
        return ", ".join(f"`{value}`" for value in parameter["AllowedValues"])
    if "MaxValue" in parameter:
        return f"{parameter['MinValue']} to {parameter['MaxValue']}"
    if "MinValue" in parameter:
        return f"{parameter['MinValue']} or more"
    return ""


def updated(page: str, tables: str) -> str:
    """The page with these tables between its markers. Raises ValueError without the markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} needs the line {BEGIN} and, below it, the line {END}.")
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


def main() -> None:
    template = yaml_parse((ROOT / "template.yaml").read_text())
    page = PAGE.read_text()
    new = updated(page, render(template))
    PAGE.write_text(new)
    print(f"{PAGE.relative_to(ROOT)} {'is up to date' if new == page else 'has new tables'}.")


if __name__ == "__main__":
    main()
