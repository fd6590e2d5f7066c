"""Writes a YAML 1.2 file as JSON: yaml_to_json.py IN.yaml OUT.json. Run by cmake/EmbedAssets.cmake.

PyYAML reads YAML 1.1, where an unquoted date is a date and "no" is false; those readings are taken out, so that the
JSON says what the file says. A key written twice is an error.
"""
import json
import sys

import yaml


class Reader(yaml.SafeLoader):
    """YAML as OpenAPI 3.1 means it (the JSON schema of YAML 1.2)."""


# Copied before it is changed: the class attribute is shared with SafeLoader.
Reader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag != "tag:yaml.org,2002:timestamp" and not (tag == "tag:yaml.org,2002:bool" and first in "yYnNoO")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_mapping(reader, node):
    """A mapping whose keys are all different."""
    reader.flatten_mapping(node)
    seen = set()
    for key_node, _ in node.value:
        key = reader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is written twice", key_node.start_mark)
        seen.add(key)
    return {reader.construct_object(key, True): reader.construct_object(value, True) for key, value in node.value}


Reader.add_constructor("tag:yaml.org,2002:map", read_mapping)


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        document = yaml.load(file, Reader)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


if __name__ == "__main__":
    try:
        main()
    except yaml.YAMLError as problem:
        sys.exit(f"{sys.argv[1]}: {problem}")
