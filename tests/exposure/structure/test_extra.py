import pytest

from stallpoint.core.errors import StallpointError
from stallpoint.exposure.structure import extra
from stallpoint.exposure.structure.cache import load_model
from stallpoint.exposure.structure.read import read_structure


@pytest.fixture
def nothing_installed(monkeypatch):
    monkeypatch.setattr(extra, "find_spec", lambda _: None)


@pytest.mark.parametrize("act", [lambda: read_structure("CCO"), load_model, extra.require_chem])
def test_what_is_missing_is_named_with_the_extra(nothing_installed, act):
    with pytest.raises(StallpointError, match="rdkit, scikit-learn, qc-b3db") as fault:
        act()
    assert "stallpoint[chem]" in fault.value.do
