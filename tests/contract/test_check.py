"""`check` passes on a sound system, and names what a mapping file misnames."""

from dataclasses import replace

import pytest

from gateway.net.call_counter import count_calls
from tests.contract.systems import SystemUnderTest, open_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_sound_system_has_no_failed_finding(subject: SystemUnderTest) -> None:
    with count_calls() as calls:
        findings = await subject.port.check()
    assert calls.total() > 0
    assert findings
    assert [finding for finding in findings if not finding.ok] == []
    assert [finding for finding in findings if not finding.subject or not finding.message or finding.remedy] == []


async def test_every_finding_has_its_own_subject(subject: SystemUnderTest) -> None:
    subjects = [finding.subject for finding in await subject.port.check()]
    assert sorted(subjects) == sorted(set(subjects))


async def test_a_misnamed_field_of_the_mapping_file_is_named_with_a_remedy(subject: SystemUnderTest) -> None:
    misnamed = subject.running.invalid_mapping
    connection = replace(subject.running.connection, mapping=misnamed.mapping)
    async with open_port(subject.manifest, connection) as port:
        findings = await port.check()
    wrong = [finding for finding in findings if not finding.ok]
    assert [finding for finding in wrong if misnamed.name in f"{finding.subject} {finding.message}"] == wrong
    assert wrong
    assert [finding for finding in wrong if not finding.remedy] == []
    sound = {finding.subject for finding in await subject.port.check()}
    assert [finding for finding in findings if finding.ok and finding.subject not in sound] == []
