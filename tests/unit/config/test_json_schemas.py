"""The schemas know what the loaders know; a small validator of ours stands in for an editor."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from monitor.config import channels, feeds, keywords
from monitor.config.json_schemas import Schema, channels_schema, feeds_schema, keywords_schema
from monitor.config.yaml_reader import Mapping, Node, Scalar, load
from tests.factories import keyword_problems

ROOT = Path(__file__).resolve().parents[3]
SCHEMAS = {"feeds": feeds_schema(), "keywords": keywords_schema(), "channels": channels_schema()}
FENCE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
KNOWN = frozenset(
    [
        "$schema",
        "$defs",
        "$ref",
        "title",
        "description",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "propertyNames",
        "minProperties",
        "items",
        "minItems",
        "maxItems",
        "anyOf",
        "enum",
        "pattern",
        "minimum",
        "maximum",
        "maxLength",
        "if",
        "else",
    ]
)


def wrong(schema: Schema, node: Node, root: Schema) -> list[str]:
    """Where a file does not meet the schema, as `key: line`; only the words of JSON Schema that we use."""
    if "$ref" in schema:
        return wrong(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], node, root)
    if "anyOf" in schema:
        return [] if any(not wrong(choice, node, root) for choice in schema["anyOf"]) else [f"anyOf: {node.line}"]
    if isinstance(node, Scalar):
        return [] if _fits(schema, node.text) else [f"{node.text}: {node.line}"]
    if isinstance(node, Mapping):
        return _wrong_in_mapping(schema, node, root)
    if schema.get("type") != "array" or not schema["minItems"] <= len(node.items) <= schema.get("maxItems", 10_000):
        return [f"array: {node.line}"]
    return [problem for item in node.items for problem in wrong(schema["items"], item, root)]


def _wrong_in_mapping(schema: Schema, node: Mapping, root: Schema) -> list[str]:
    if schema.get("type") != "object":
        return [f"object: {node.line}"]
    others = schema["additionalProperties"]
    problems = [f"{key}: {node.line}" for key in _required(schema, node) if node.get(key) is None]
    for name, value in node.items:
        part = schema.get("properties", {}).get(name.text, others)
        problems += [f"{name.text}: {name.line}"] if part is False else wrong(part, value, root)
    return problems


def _required(schema: Schema, node: Mapping) -> list[str]:
    is_met = all(node.get(key) is not None for key in schema.get("if", {}).get("required", ()))
    return [*schema.get("required", ()), *([] if is_met else schema["else"]["required"])]


def _fits(schema: Schema, text: str) -> bool:
    if "enum" in schema:
        return text in schema["enum"]
    if schema.get("type") == "boolean":
        return text in ("true", "false")
    if schema.get("type") == "number":
        return text.replace(".", "", 1).isdecimal() and schema["minimum"] <= float(text) <= schema["maximum"]
    if schema.get("type") == "integer":
        return text.isdecimal() and schema["minimum"] <= int(text) <= schema.get("maximum", math.inf)
    is_text = "type" not in schema or "string" in schema["type"]
    return is_text and re.search(schema.get("pattern", ""), text) is not None


def every_part(schema: Any) -> list[Schema]:
    """The schema and all schemas in it."""
    if not isinstance(schema, dict):
        return []
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("anyOf", ())]
    inner += [schema[key] for key in ("items", "additionalProperties", "propertyNames") if key in schema]
    return [schema, *(below for part in inner for below in every_part(part))]


@pytest.mark.parametrize(("name", "schema"), SCHEMAS.items(), ids=SCHEMAS)
def test_the_committed_copy_is_the_one_the_command_prints(name: str, schema: Schema) -> None:
    """If this fails: monitor schema NAME > schemas/NAME.schema.json"""
    committed = (ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert committed == json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize(("name", "schema"), [("feeds", feeds_schema()), ("keywords", keywords_schema())])
def test_the_projects_files_name_their_schema_and_meet_it(name: str, schema: Schema) -> None:
    text = (ROOT / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema=schemas/{name}.schema.json\n")
    assert wrong(schema, load(text, file=name), schema) == []


@pytest.mark.parametrize(("page", "schema"), SCHEMAS.items(), ids=SCHEMAS)
def test_the_documents_examples_meet_it(page: str, schema: Schema) -> None:
    for example in FENCE.findall((ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")):
        if not example.startswith("- "):
            assert wrong(schema, load(example, file=page), schema) == []


def test_the_keys_are_those_the_loaders_know() -> None:
    feed = feeds_schema()["$defs"]["feed"]["properties"]
    channel = channels_schema()["$defs"]["channel"]["properties"]
    parts = keywords_schema()
    assert tuple(feed) == feeds.KEYS
    assert tuple(channel) == channels.KEYS
    assert tuple(parts["properties"]) == keywords.TOP_KEYS
    assert tuple(parts["$defs"]["topic"]["properties"]) == keywords.TOPIC_KEYS
    assert tuple(parts["$defs"]["rule"]["properties"]) == keywords.RULE_KEYS
    assert tuple(parts["$defs"]["topic"]["properties"]["examples"]["properties"]) == keywords.EXAMPLE_KEYS


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_every_key_is_described_and_every_word_is_json_schema(schema: Schema) -> None:
    for part in every_part(schema):
        assert set(part) <= KNOWN
        for key, value in part.get("properties", {}).items():
            assert value.get("description") or "$ref" in value or "$ref" in value.get("items", {}), key


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("topics: {t: {title: т, any_of: [{all: [побег], tier: now}]}}", "now: 1"),
        ("topics: {t: {title: т, any_of: [{all: [побег], witin: text}]}}", "witin: 1"),
        ("topics: {t: {title: т, any_of: [{all: [побег], within: 1}]}}", "anyOf: 1"),
        ("topics: {t: {title: т, any_of: [{name: п}]}}", "all: 1"),
        ("topics: {t: {title: т, any_of: [{all: [{en: run}]}]}}", "anyOf: 1"),
        ("lists: {а: побег}", "topics: 1"),
    ],
)
def test_what_the_loader_refuses_the_editor_marks(text: str, place: str) -> None:
    schema = keywords_schema()
    assert place in wrong(schema, load(text, file="k.yaml"), schema)
    assert keyword_problems(text)
