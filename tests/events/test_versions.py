import pytest

from chappe.errors import Errcode, Refused
from chappe.events.versions import ROOM_VERSIONS, room_version


def test_the_feature_matrix_of_the_specification() -> None:
    first_with = {
        "knock": 7,
        "restricted": 8,
        "redaction_keeps_authorising_user": 9,
        "knock_restricted": 10,
        "integer_power_levels": 10,
        "creator_is_sender": 11,
        "redacts_in_content": 11,
        "redaction_updated": 11,
        "room_id_is_hash": 12,
        "create_not_in_auth_events": 12,
        "privileged_creators": 12,
    }
    assert list(ROOM_VERSIONS) == ["6", "7", "8", "9", "10", "11", "12"]
    for feature, first in first_with.items():
        has = [int(name) for name, version in ROOM_VERSIONS.items() if getattr(version, feature)]
        assert has == list(range(first, 13)), feature


@pytest.mark.parametrize("text", ["5", "13", "", "12 ", 12, None, ["12"], {}])
def test_other_versions_are_refused(text: object) -> None:
    with pytest.raises(Refused) as refused:
        room_version(text)
    assert refused.value.code is Errcode.UNSUPPORTED_ROOM_VERSION
