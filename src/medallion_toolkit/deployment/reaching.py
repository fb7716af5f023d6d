"""Whether a workspace can be reached at all: asked first, because the SDK asks a silent host for minutes."""

from __future__ import annotations

import configparser
import os
import socket
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from medallion_toolkit.errors import EnvironmentProblem

SECONDS = 10.0
PORTS = {"http": 80, "https": 443}


def stated_host(host: str | None, profile: str | None) -> str | None:
    """The address that the SDK is going to take: the given one, the environment's or the profile's."""
    stated = host or os.environ.get("DATABRICKS_HOST")
    if stated:
        return stated
    profile = profile or os.environ.get("DATABRICKS_CONFIG_PROFILE")
    file = Path(os.environ.get("DATABRICKS_CONFIG_FILE") or "~/.databrickscfg").expanduser()
    profiles = configparser.ConfigParser(interpolation=None)
    try:
        profiles.read(file, encoding="utf-8")
    except configparser.Error:
        return None
    return profiles.get(profile or "DEFAULT", "host", fallback=None)


def refuse_unreachable(host: str) -> None:
    """EnvironmentProblem when nothing answers at the workspace's address; behind a proxy nothing is asked."""
    parts = urlsplit(host if "://" in host else f"https://{host}")
    name = parts.hostname or ""
    proxies = urllib.request.getproxies()
    if (proxies.get(parts.scheme) or proxies.get("all")) and not urllib.request.proxy_bypass(name):
        return
    try:
        socket.create_connection((name, parts.port or PORTS.get(parts.scheme, 443)), timeout=SECONDS).close()
    except OSError as error:
        raise EnvironmentProblem(
            "MED705",
            f"the workspace {host} cannot be reached",
            found=str(error) or type(error).__name__,
            expected=f"an answer within {SECONDS:.0f} seconds",
            help="check the address, the network and its proxy",
            next="databricks auth describe",
        ) from error
