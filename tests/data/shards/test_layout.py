"""Only our own members have a name here."""

from __future__ import annotations

import pytest

from lapa.data.shards.layout import UnsafeMemberError, require_shard_name, slug, split_name


def test_names_split_at_the_first_dot() -> None:
    assert split_name("a_0-1_2.actions.npy", shard="s") == ("a_0-1_2", "actions.npy")


@pytest.mark.parametrize(
    "name",
    [
        "../../x.json",
        "/etc/x.json",
        "a.pkl",
        "a.pth",
        "a.pyd",
        "a.pickle",
        "a.frames.pkl",
        "pipe:ls",
        "a b.json",
        "a",
        ".json",
    ],
)
def test_foreign_members_are_refused_by_name(name: str) -> None:
    with pytest.raises(UnsafeMemberError, match="refused the member"):
        split_name(name, shard="train/000000.tar")


@pytest.mark.parametrize(
    "name", ["pipe:curl x", "../x/0.tar", "/x/0.tar", "http://x/0.tar", "train/../0.tar"]
)
def test_foreign_shard_names_are_refused(name: str) -> None:
    with pytest.raises(UnsafeMemberError, match="refused the shard name"):
        require_shard_name(name)


def test_slug_leaves_only_key_characters() -> None:
    assert slug("a b/../c.d") == "a-b-c-d"
    assert slug("../") == "x"
