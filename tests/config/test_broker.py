"""The embedded broker: what a reader finds while a message is being written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from config import broker


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[broker.Channel]:
    folders = {"data_folder_in": tmp_path, "data_folder_out": tmp_path, "control_folder": tmp_path}
    options = {name: str(folder) for name, folder in folders.items()} | {"store_processed": False}
    with Connection(transport=f"{broker.__name__}:Transport", transport_options=options) as connection:
        opened = connection.default_channel
        assert isinstance(opened, broker.Channel)
        yield opened


def test_a_reader_finds_no_message_until_it_is_whole(channel: broker.Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_text

    def looked_at_half_way(path: Path, text: str) -> int:
        write(path, text[:3])
        with pytest.raises(Empty):
            channel._get("celery")
        return write(path, text)

    monkeypatch.setattr(Path, "write_text", looked_at_half_way)
    channel._put("celery", {"look": "now"})
    assert channel._get("celery") == {"look": "now"}


def test_every_filesystem_address_means_this_broker() -> None:
    broker.use_ours()
    with Connection("filesystem://localhost") as connection:
        assert connection.get_transport_cls() is broker.Transport
