"""The engine jars: fetched through a mirror on this machine, checked, moved into place as a whole."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from medallion_toolkit.engine.jars import ENGINE_JARS, Jar, cached_jars
from medallion_toolkit.errors import EnvironmentProblem

CONTENT = b"the bytes of a jar" * 1000
JAR = Jar("org.example", "sample", "1.0", hashlib.sha256(CONTENT).hexdigest())


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Maven repository on loopback that holds one jar; the path is that jar."""
    root = tmp_path / "repository"
    jar = root / "org" / "example" / "sample" / "1.0" / "sample-1.0.jar"
    jar.parent.mkdir(parents=True)
    jar.write_bytes(CONTENT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("MEDALLION_MAVEN_MIRROR", f"http://127.0.0.1:{server.server_port}/")
    yield jar
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_missing_jar_is_fetched_from_the_mirror_and_kept(mirror: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert cached_jars((JAR,), cache) == (cache / "sample-1.0.jar",)
    assert [path.name for path in cache.iterdir()] == ["sample-1.0.jar"]
    mirror.unlink()
    assert cached_jars((JAR,), cache)[0].read_bytes() == CONTENT


def test_a_damaged_jar_in_the_cache_is_fetched_again(mirror: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / JAR.file_name).write_bytes(CONTENT[:100])
    assert cached_jars((JAR,), cache)[0].read_bytes() == CONTENT
    assert mirror.read_bytes() == CONTENT


def test_a_jar_with_another_checksum_is_not_kept(mirror: Path, tmp_path: Path) -> None:
    mirror.write_bytes(b"something else")
    with pytest.raises(EnvironmentProblem) as raised:
        cached_jars((JAR,), tmp_path / "cache")
    assert raised.value.code == "MED505"
    assert raised.value.found == f"SHA-256 {hashlib.sha256(b'something else').hexdigest()}"
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_repository_without_the_jar_is_said_with_the_way_out(mirror: Path, tmp_path: Path) -> None:
    mirror.unlink()
    with pytest.raises(EnvironmentProblem) as raised:
        cached_jars((JAR,), tmp_path / "cache")
    assert raised.value.code == "MED504"
    assert "sample-1.0.jar could not be fetched" in raised.value.message
    assert "MEDALLION_MAVEN_MIRROR" in (raised.value.help or "")


def test_offline_is_said_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDALLION_MAVEN_MIRROR", "http://127.0.0.1:9/")
    with pytest.raises(EnvironmentProblem) as raised:
        cached_jars((JAR,), tmp_path / "cache")
    assert (raised.value.code, raised.value.exit_code) == ("MED504", 3)


def test_two_processes_at_once_leave_one_good_copy(mirror: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    script = (
        "import sys; from pathlib import Path; from medallion_toolkit.engine.jars import Jar, cached_jars\n"
        f"cached_jars(({JAR!r},), Path(sys.argv[1]))"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(cache)]) for _ in range(2)]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    assert [path.name for path in cache.iterdir()] == ["sample-1.0.jar"]
    assert (cache / "sample-1.0.jar").read_bytes() == mirror.read_bytes()


def test_spark_can_use_the_real_jars() -> None:
    from medallion_toolkit.engine.jars import engine_jars

    assert [path.name for path in engine_jars()] == [jar.file_name for jar in ENGINE_JARS]
    assert ENGINE_JARS[0].file_name == "delta-spark_4.2_2.13-4.4.0.jar"
