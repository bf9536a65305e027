"""Customers, deals, projects, time and people on three databases of a real Tryton server, which know each other only by codes; money on a NetSuite twin."""

from tests.fixtures.firm import RunningFirm


async def test_a_deal_that_the_server_itself_calls_won_is_won(tryton_firm: RunningFirm) -> None:
    answer = await tryton_firm.ask(
        """{ opportunity(ref: {code: "O-3001"}) {
          name stage probability amount { transaction: amount } closedAt
          customer { name customerNumber } lines { description quantity unit unitPrice { amount } }
        } }"""
    )

    assert answer.errors == []
    assert answer.data == {
        "opportunity": {
            "name": "Aurora ERP rollout",
            "stage": "CLOSED_WON",
            "probability": "1",
            "amount": {"transaction": "118800.00"},
            "closedAt": None,
            "customer": {"name": "Aurora Retail Group", "customerNumber": "C-2001"},
            "lines": [
                {"description": "Engagement lead", "quantity": "120", "unit": "HOUR", "unitPrice": None},
                {"description": "Implementation", "quantity": "480", "unit": "HOUR", "unitPrice": None},
            ],
        }
    }


async def test_what_the_system_has_no_place_for_is_null_and_the_answer_names_the_reason(
    tryton_firm: RunningFirm,
) -> None:
    answer = await tryton_firm.ask('{ opportunity(ref: {code: "O-3001"}) { stage closedAt customer { industry } } }')

    assert answer.errors == []
    assert answer.data == {"opportunity": {"stage": "CLOSED_WON", "closedAt": None, "customer": {"industry": None}}}
    assert answer.extensions["notHeld"] == [
        {"field": "Customer.industry", "system": "CRM", "reason": "Tryton parties have no industry."},
        {
            "field": "Opportunity.closedAt",
            "system": "CRM",
            "reason": "Tryton notes no instant at which an opportunity was closed.",
        },
    ]


async def test_a_customer_is_one_across_three_systems_that_know_it_under_other_ids(tryton_firm: RunningFirm) -> None:
    answer = await tryton_firm.ask(
        """{ customer(ref: {code: "C-2007"}) {
          name creditLimit { amount currency } billingAddress { line1 city country }
          externalReferences { system objectType externalId }
          accountsReceivable { total { amount currency } }
          projects { nodes { code timeEntries(first: 1) { nodes { hours resource { displayName } } } } }
        } }"""
    )

    assert answer.errors == []
    assert answer.data is not None
    customer = answer.data["customer"]
    assert customer["externalReferences"] == [
        {"system": "CRM", "objectType": "party.party", "externalId": "13"},
        {"system": "ERP", "objectType": "customer", "externalId": "107"},
        {"system": "PSA", "objectType": "party.party", "externalId": "18"},
    ]
    assert customer["name"] == "Fuji Precision"
    assert customer["billingAddress"] == {"line1": "3-1 Meieki", "city": "Nagoya", "country": "JP"}
    assert customer["creditLimit"] == {"amount": "5000000", "currency": "JPY"}
    assert customer["accountsReceivable"] == {"total": {"amount": "179000", "currency": "JPY"}}
    assert customer["projects"]["nodes"] == [
        {"code": "PRJ-1007", "timeEntries": {"nodes": [{"hours": "8", "resource": {"displayName": "Hana Sato"}}]}}
    ]
