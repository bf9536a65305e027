"""Every fault code has one sentence."""

from gateway.canonical.fault import FAULT_SENTENCES, FaultCode, describe_fault


def test_every_code_has_a_sentence_about_the_system() -> None:
    assert FAULT_SENTENCES.keys() == set(FaultCode)
    assert describe_fault(FaultCode.TIMEOUT, "The CRM") == "The CRM did not answer in time"
