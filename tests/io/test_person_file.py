from __future__ import annotations

from pathlib import Path

from stallpoint.io.person_file import MANY, NEEDED, ONE, read_person_file

DOCS = Path(__file__).parents[2] / "docs/profile.md"


def test_every_key_is_documented_and_the_example_is_read(tmp_path: Path) -> None:
    example = DOCS.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    (tmp_path / "P.toml").write_text(example, encoding="utf-8")
    found = read_person_file(tmp_path / "P.toml")
    assert set(found.one) == set(ONE)
    assert set(found.many) == set(MANY)
    assert found.path("a.vcf") == tmp_path / "a.vcf"
    described = {name: set(table) for name, table in found.one.items()} | {
        name: set(rows[0]) for name, rows in found.many.items()
    }
    told = {"repeats": {"sample"}, "repeat": {"date", "self_reported"}, "variant": {"date"}}
    told |= {"stage": {"date", "source"}, "history": {"date", "source"}}
    for name, keys in (ONE | MANY).items():
        assert described[name] | told.get(name, set()) == set(keys), name
        assert set(NEEDED[name]) <= set(keys)
