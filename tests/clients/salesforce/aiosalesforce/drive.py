"""Runs aiosalesforce, which calls only `https://*.my.salesforce.com`; a transport redirects every call to the twin."""

import asyncio
import json
import sys

import httpx
from aiosalesforce import Salesforce
from aiosalesforce.auth import ClientCredentialsFlow
from aiosalesforce.events import RetryEvent
from aiosalesforce.exceptions import DuplicatesDetectedError, SalesforceError

GIVEN = json.load(sys.stdin)
ALL = "SELECT Customer_Number__c FROM Account ORDER BY Customer_Number__c"


class RedirectingTransport(httpx.AsyncHTTPTransport):
    async def handle_async_request(self, request):
        twin_url = httpx.URL(GIVEN["address"])
        request.url = request.url.copy_with(scheme=twin_url.scheme, host=twin_url.host, port=twin_url.port)
        return await super().handle_async_request(request)


async def set_switch(name):
    switch = GIVEN["switches"][name]
    async with httpx.AsyncClient() as plain:
        (await plain.post(switch["url"], json=switch["json"])).raise_for_status()


async def catch_error(call):
    try:
        await call
    except SalesforceError as error:
        return [type(error).__name__, error.response.status_code, error.error_code]
    return None


async def query_numbers(sf, query, **options):
    return [row["Customer_Number__c"] async for row in sf.query(query, **options)]


async def check_rows(sf):
    created = await sf.sobject.create("Account", {"Name": "Harbor Labs", "Customer_Number__c": "C-2099"})
    await sf.sobject.update("Account", created, {"Industry": "Research"})
    again = await sf.sobject.upsert("Account", "C-2099", "Customer_Number__c", {"Segment__c": "SMB"})
    created_by_upsert = await sf.sobject.upsert("Account", "C-2100", "Customer_Number__c", {"Name": "Ibis Energy"})
    got = await sf.sobject.get("Account", created, fields=["Name", "Industry", "Segment__c"])
    by_key = await sf.sobject.get("Account", "C-2100", "Customer_Number__c", ["Name"])
    await sf.sobject.delete("Account", created_by_upsert.id)
    return {
        "upserted": [again.id == created, again.created],
        "upsert created": created_by_upsert.created,
        "got": [got["Name"], got["Industry"], got["Segment__c"]],
        "by key": by_key["Name"],
        "get deleted": await catch_error(sf.sobject.get("Account", created_by_upsert.id)),
        "live": len(await query_numbers(sf, ALL)),
        "with deleted": len(await query_numbers(sf, ALL, include_all_records=True)),
    }


async def check_ambiguous_id(sf):
    contact = {"LastName": "Moreau", "Contact_Key__c": "K-1"}
    for _ in range(2):
        await sf.sobject.create("Contact", contact)
    return await catch_error(sf.sobject.upsert("Contact", "K-1", "Contact_Key__c", {"Title": "CFO"}))


async def check_duplicate(sf):
    try:
        await sf.sobject.create("Account", {"Name": "emmen water"})
    except DuplicatesDetectedError as error:
        found = error.duplicates
    known = await sf.sobject.get("Account", found[0]["id"], fields=["Customer_Number__c"])
    return {**found[0], "id": known["Customer_Number__c"], "count": len(found)}


async def check_composite(sf):
    async with sf.composite(all_or_none=True, autoraise=True) as composite:
        account = composite.sobject.create("Account", {"Name": "Jade Foods", "Customer_Number__c": "C-2101"})
        # str(), because the encoder writes a reference, a subclass of str, without the @{} around it.
        parent = str(account.reference.id)
        contact = composite.sobject.create("Contact", {"LastName": "Okafor", "AccountId": parent})
        query = composite.query("SELECT Name, (SELECT LastName FROM Contacts) FROM Account WHERE Name = 'Jade Foods'")
    kept = await sf.sobject.get("Contact", contact.id, fields=["LastName"])
    rolled_back = sf.composite(all_or_none=True)
    rolled_back.sobject.create("Account", {"Name": "Kite Works", "Customer_Number__c": "C-2102"})
    rolled_back.sobject.create("Account", {"Industry": "nameless"})
    await rolled_back.execute()
    left = "SELECT Customer_Number__c FROM Account WHERE Name = 'Kite Works'"
    return {
        "statuses": [account.status_code, contact.status_code, query.status_code],
        "kept": kept["LastName"],
        "contacts": [row["LastName"] for row in query.records[0]["Contacts"]["records"]],
        "rolled back": await query_numbers(sf, left),
    }


async def check_retries(sf, retries):
    await set_switch("lock a row")
    locked = await sf.sobject.create("Contact", {"LastName": "Patient"})
    before = list(retries)
    await set_switch("expire")
    return {
        "created after lock": len(locked),
        "retried": before,
        "after expiry": await query_numbers(sf, ALL + " LIMIT 1"),
    }


async def main():
    retries = []

    async def record(event):
        if isinstance(event, RetryEvent):
            retries.append(event.response.status_code)

    async with httpx.AsyncClient(transport=RedirectingTransport(), trust_env=False) as http:
        auth = ClientCredentialsFlow(GIVEN["client_id"], GIVEN["client_secret"])
        sf = Salesforce(http, "https://acme.my.salesforce.com", auth, version="67.0", event_hooks=[record])
        findings = {
            "all": await query_numbers(sf, ALL),
            "rows": await check_rows(sf),
            "ambiguous id": await check_ambiguous_id(sf),
            "duplicate": await check_duplicate(sf),
            "composite": await check_composite(sf),
            "retries": await check_retries(sf, retries),
            "limits": list(await sf.get_limits()),
            "unknown field": await catch_error(sf.sobject.create("Account", {"Name": "Lark", "Colour": "blue"})),
        }
        unknown_app = Salesforce(http, "https://acme.my.salesforce.com", ClientCredentialsFlow("nobody", "x"))
        try:
            await unknown_app.get_limits()
        except SalesforceError as error:
            findings["unknown app"] = [type(error).__name__, str(error)]
    sys.stdout.write(json.dumps(findings) + "\n")


asyncio.run(main())
