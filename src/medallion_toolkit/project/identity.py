"""Who deploys and where to: what `${workspace.…}` says on a laptop."""

from __future__ import annotations

from dataclasses import dataclass
from posixpath import join

from medallion_toolkit.project.nodes import Node, with_value_at

_PATHS = {"file_path": "files", "resource_path": "resources", "artifact_path": "artifacts", "state_path": "state"}
_ABSENT = ("host", "profile", "account_id")


@dataclass(frozen=True)
class Identity:
    """The current user of a workspace; the defaults are the constants of local runs."""

    user_name: str = "local@localhost"
    short_name: str = "local"


def set_workspace(root: Node, identity: Identity) -> Node:
    """The configuration with `workspace.current_user` and the paths that follow from `root_path`."""
    place = root.place
    user = {
        "userName": identity.user_name,
        "user_name": identity.user_name,
        "short_name": identity.short_name,
        "domain_friendly_name": identity.short_name.replace("_", "-"),
    }
    entries = {key: Node(value, place) for key, value in user.items()}
    root = with_value_at(root, ("workspace", "current_user"), Node(entries, place))
    root = with_value_at(root, ("workspace", "root_path"), _root_path(root, identity))
    for key, folder in _PATHS.items():
        if root.get("workspace", key) is None:
            root = with_value_at(root, ("workspace", key), Node(join("${workspace.root_path}", folder), place))
    for key in _ABSENT:
        if root.get("workspace", key) is None:
            root = with_value_at(root, ("workspace", key), Node("", place))
    return root


def _root_path(root: Node, identity: Identity) -> Node:
    given = root.get("workspace", "root_path")
    text = (given.text if given else None) or "~/.bundle/${bundle.name}/${bundle.target}"
    home = f"/Workspace/Users/{identity.user_name}/"
    return Node(home + text[2:] if text.startswith("~/") else text, given.place if given else root.place)
